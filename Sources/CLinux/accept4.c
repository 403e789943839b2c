#define _GNU_SOURCE
#include "include/CLinux.h"
#include <sys/socket.h>

int linux_accept4(int listener, struct sockaddr *address, unsigned int *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
