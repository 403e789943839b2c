/// The tables of this module; `Migrations` says how they come to be.
enum Schema {
    /// Numbered steps: never edited, only added to.
    static let steps = [
        accounts + sessions + authenticators + throttle + approvals, twoPeople, recoveries,
    ]

    private static let accounts = """
        CREATE TABLE account (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            -- HMAC of the canonical address; NULL once the person left, so that the address is free
            address_index BLOB UNIQUE CHECK (length(address_index) = 32),
            email BLOB NOT NULL, -- sealed
            name BLOB NOT NULL, -- sealed
            job_title BLOB NOT NULL, -- sealed
            state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended', 'left')),
            chair INTEGER NOT NULL CHECK (chair IN (0, 1)),
            password TEXT, -- PHC string
            created_at INTEGER NOT NULL, -- milliseconds since 1970, UTC, as every time below
            password_set_at INTEGER,
            CHECK ((state = 'left') = (address_index IS NULL)),
            CHECK (state != 'active' OR password IS NOT NULL)
        ) STRICT;
        CREATE TRIGGER account_left BEFORE UPDATE OF state ON account
            WHEN OLD.state = 'left' AND NEW.state != 'left'
            BEGIN SELECT raise(ABORT, 'one who left is not revived'); END;
        CREATE TRIGGER account_kept BEFORE DELETE ON account
            BEGIN SELECT raise(ABORT, 'accounts are kept'); END;
        CREATE TABLE account_role (
            account INTEGER NOT NULL REFERENCES account (id),
            role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 40),
            PRIMARY KEY (account, role)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX account_role_role ON account_role (role, account);
        CREATE VIEW active_role_holder (staff, role) AS
            SELECT r.account, r.role FROM account_role r JOIN account a ON a.id = r.account
            WHERE a.state = 'active';
        CREATE TABLE password_history (
            account INTEGER NOT NULL REFERENCES account (id),
            number INTEGER NOT NULL, -- counts up; the highest is the present password
            hash TEXT NOT NULL, -- PHC string, with the account's one salt
            PRIMARY KEY (account, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mailed_token (
            account INTEGER PRIMARY KEY REFERENCES account (id),
            hash BLOB UNIQUE CHECK (length(hash) = 32), -- SHA-256; NULL once it is used or void
            kind TEXT NOT NULL CHECK (kind IN ('invite', 'reset')),
            address_index BLOB NOT NULL CHECK (length(address_index) = 32), -- whom it was mailed to
            expires_at INTEGER NOT NULL,
            hour_start INTEGER NOT NULL, -- of the hour that `mails` counts
            mails INTEGER NOT NULL CHECK (mails >= 0)
        ) STRICT;
        """

    private static let sessions = """
        CREATE TABLE session (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            token BLOB NOT NULL UNIQUE CHECK (length(token) = 32), -- SHA-256
            account INTEGER NOT NULL REFERENCES account (id),
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            last_active_at INTEGER NOT NULL,
            elevated_at INTEGER,
            boot INTEGER, -- the run of the program in which it was elevated
            locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
            unlock_failures INTEGER NOT NULL DEFAULT 0 CHECK (unlock_failures >= 0),
            address BLOB NOT NULL, -- sealed
            user_agent BLOB NOT NULL, -- sealed
            ended_at INTEGER,
            CHECK ((elevated_at IS NULL) = (boot IS NULL)),
            CHECK (elevated_at IS NULL OR locked = 0)
        ) STRICT;
        CREATE INDEX session_account ON session (account) WHERE ended_at IS NULL;
        CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
        CREATE TABLE replaced_token (
            token BLOB PRIMARY KEY CHECK (length(token) = 32), -- SHA-256
            replaced_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX replaced_token_at ON replaced_token (replaced_at);
        CREATE TABLE known_device (
            account INTEGER NOT NULL REFERENCES account (id),
            device BLOB NOT NULL CHECK (length(device) = 16),
            last_used_at INTEGER NOT NULL,
            PRIMARY KEY (account, device)
        ) STRICT, WITHOUT ROWID;
        """

    private static let authenticators = """
        CREATE TABLE authenticator (
            account INTEGER PRIMARY KEY REFERENCES account (id),
            state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'disabled')),
            seed BLOB, -- sealed; of the authenticator in use
            pending_seed BLOB, -- sealed; waits for its confirmation
            used_step INTEGER NOT NULL DEFAULT 0, -- 30 s steps since 1970; this one and all before
            enrolled_at INTEGER,
            last_used_at INTEGER,
            CHECK (state != 'active' OR (seed IS NOT NULL AND enrolled_at IS NOT NULL)),
            CHECK (state != 'pending' OR (seed IS NULL AND pending_seed IS NOT NULL))
        ) STRICT;
        CREATE TABLE code_failures (
            account INTEGER PRIMARY KEY REFERENCES account (id),
            failures INTEGER NOT NULL CHECK (failures >= 0), -- in a row
            next_at INTEGER NOT NULL -- no code is looked at before
        ) STRICT;
        CREATE TABLE recovery_code (
            account INTEGER NOT NULL REFERENCES account (id),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            pepper INTEGER NOT NULL, -- the version of the key in `hash`
            PRIMARY KEY (account, hash)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE enrolment_code (
            account INTEGER PRIMARY KEY REFERENCES account (id),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            pepper INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        """

    private static let throttle = """
        CREATE TABLE throttle (
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
            slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 65535),
            failures INTEGER NOT NULL CHECK (failures >= 0),
            since INTEGER NOT NULL,
            next_at INTEGER NOT NULL,
            PRIMARY KEY (kind, slot)
        ) STRICT, WITHOUT ROWID;
        """

    private static let approvals = """
        CREATE TABLE approval (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            kind TEXT NOT NULL CHECK (kind IN ('role-grant', 'address-change', 'relation-removal',
                'authenticator-reset', 'disposal')),
            about INTEGER NOT NULL, -- the person or thing concerned
            requester INTEGER NOT NULL REFERENCES account (id),
            reason BLOB NOT NULL, -- sealed
            detail BLOB NOT NULL, -- sealed; what is done once it is approved
            requested_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            decision TEXT CHECK (decision IN ('approved', 'rejected')),
            decider INTEGER REFERENCES account (id),
            decided_at INTEGER,
            CHECK ((decision IS NULL) = (decider IS NULL)),
            CHECK (decider IS NULL OR (decider != requester AND decider != about))
        ) STRICT;
        CREATE TRIGGER approval_decided BEFORE UPDATE ON approval WHEN OLD.decision IS NOT NULL
            BEGIN SELECT raise(ABORT, 'decided once'); END;
        CREATE TRIGGER approval_kept BEFORE DELETE ON approval
            BEGIN SELECT raise(ABORT, 'approvals are kept'); END;
        CREATE INDEX approval_open ON approval (expires_at) WHERE decision IS NULL;
        """
}
