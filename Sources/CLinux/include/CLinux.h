#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC: Glibc's module is built without _GNU_SOURCE.
int linux_accept4(int listener, struct sockaddr *address, unsigned int *length);

/// SO_PEERCRED: the user of the machine at the other end of a local socket; 0 when it is known.
int linux_peer_user(int socket, unsigned int *user);
