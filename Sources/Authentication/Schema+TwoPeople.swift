/// The tables of what takes two people, and of what was done before there were two.
extension Schema {
    /// The first table of approvals, which nothing ever wrote, kept its decision in the row of the
    /// request; here a request and its decision are rows of their own, and neither ever changes.
    static let twoPeople = """
        DROP TABLE approval;
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
            CHECK (expires_at > requested_at)
        ) STRICT;
        CREATE INDEX approval_about ON approval (about, requested_at);
        CREATE INDEX approval_requester ON approval (requester, requested_at);
        CREATE INDEX approval_expiry ON approval (expires_at);
        CREATE TRIGGER approval_fixed BEFORE UPDATE ON approval
            BEGIN SELECT raise(ABORT, 'requests are not changed'); END;
        CREATE TRIGGER approval_kept BEFORE DELETE ON approval
            BEGIN SELECT raise(ABORT, 'requests are kept'); END;
        CREATE TABLE approval_decision (
            approval INTEGER PRIMARY KEY REFERENCES approval (id),
            verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject')),
            decider INTEGER NOT NULL REFERENCES account (id),
            reason BLOB NOT NULL, -- sealed
            decided_at INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER approval_decision_by_another BEFORE INSERT ON approval_decision
            WHEN EXISTS (SELECT 1 FROM approval WHERE id = NEW.approval
                AND (NEW.decider IN (requester, about) OR NEW.decided_at >= expires_at))
            BEGIN SELECT raise(ABORT, 'decided in time by a second person'); END;
        CREATE TRIGGER approval_decision_fixed BEFORE UPDATE ON approval_decision
            BEGIN SELECT raise(ABORT, 'decided once'); END;
        CREATE TRIGGER approval_decision_kept BEFORE DELETE ON approval_decision
            BEGIN SELECT raise(ABORT, 'decisions are kept'); END;
        CREATE TABLE lone_grant (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            account INTEGER NOT NULL REFERENCES account (id),
            granter INTEGER NOT NULL REFERENCES account (id),
            roles TEXT NOT NULL, -- separated by spaces
            granted_at INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER lone_grant_fixed BEFORE UPDATE ON lone_grant
            BEGIN SELECT raise(ABORT, 'grants are not changed'); END;
        CREATE TRIGGER lone_grant_kept BEFORE DELETE ON lone_grant
            BEGIN SELECT raise(ABORT, 'grants are kept'); END;
        CREATE TABLE second_person ( -- from the first elevation of somebody who approves grants
            id INTEGER PRIMARY KEY CHECK (id = 1),
            account INTEGER NOT NULL REFERENCES account (id),
            since INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER second_person_fixed BEFORE UPDATE ON second_person
            BEGIN SELECT raise(ABORT, 'it began once'); END;
        CREATE TRIGGER second_person_kept BEFORE DELETE ON second_person
            BEGIN SELECT raise(ABORT, 'it does not end'); END;
        """

    /// Recoveries on the machine, when nobody is left who could approve.
    static let recoveries = """
        CREATE TABLE recovery (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            account INTEGER NOT NULL REFERENCES account (id),
            operator_uid INTEGER NOT NULL CHECK (operator_uid BETWEEN 0 AND 4294967295),
            begun_at INTEGER NOT NULL,
            ready_at INTEGER NOT NULL,
            ends_at INTEGER NOT NULL,
            chair_may_shorten INTEGER NOT NULL CHECK (chair_may_shorten IN (0, 1)),
            chair_code BLOB NOT NULL CHECK (length(chair_code) = 32), -- keyed hash
            pepper INTEGER NOT NULL, -- the version of the key in `chair_code`
            CHECK (begun_at < ready_at AND ready_at < ends_at)
        ) STRICT;
        CREATE INDEX recovery_ends ON recovery (ends_at);
        CREATE TRIGGER recovery_fixed BEFORE UPDATE ON recovery
            BEGIN SELECT raise(ABORT, 'recoveries are not changed'); END;
        CREATE TRIGGER recovery_kept BEFORE DELETE ON recovery
            BEGIN SELECT raise(ABORT, 'recoveries are kept'); END;
        CREATE TABLE recovery_end (
            recovery INTEGER PRIMARY KEY REFERENCES recovery (id),
            outcome TEXT NOT NULL CHECK (outcome IN ('finished', 'stopped')),
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER recovery_end_fixed BEFORE UPDATE ON recovery_end
            BEGIN SELECT raise(ABORT, 'ended once'); END;
        CREATE TRIGGER recovery_end_kept BEFORE DELETE ON recovery_end
            BEGIN SELECT raise(ABORT, 'ends are kept'); END;
        """
}
