public import SQLite

extension AccessLog {
    /// The tables of the log, all append-only: no statement changes or removes a row.
    ///
    /// There is no secondary index on `access_log`: five of them make an append cost eight times
    /// as much. An INSERT must be the next entry, because INSERT OR REPLACE would remove a row
    /// without asking the DELETE trigger (sqlite.org/lang_conflict.html).
    public static let migrations = Migrations(
        module: "audit_trail",
        steps: [
            """
            CREATE TABLE access_log_policy_set (
                id INTEGER PRIMARY KEY,
                hash TEXT NOT NULL UNIQUE -- SHA-256 of the policy set, hex
            ) STRICT;

            CREATE TABLE access_log (
                idx INTEGER PRIMARY KEY CHECK (idx >= 0),
                leaf BLOB NOT NULL CHECK (length(leaf) = 32), -- RFC 6962 leaf hash
                at INTEGER NOT NULL, -- milliseconds since 1970, UTC
                staff INTEGER, -- who acted, if it was a person with an account
                other_actor TEXT, -- operator:UID, unknown:COMMITMENT, service
                session INTEGER,
                elevated INTEGER NOT NULL CHECK (elevated IN (0, 1)),
                address TEXT NOT NULL,
                action TEXT NOT NULL,
                resource TEXT NOT NULL,
                subjects TEXT NOT NULL, -- each between two newlines
                decision TEXT NOT NULL CHECK (decision IN ('allow', 'deny')),
                policies TEXT NOT NULL, -- each between two newlines
                policy_set INTEGER NOT NULL REFERENCES access_log_policy_set (id),
                reason TEXT,
                request_id TEXT NOT NULL,
                commitment_key INTEGER NOT NULL CHECK (commitment_key > 0), -- version
                CHECK ((staff IS NULL) <> (other_actor IS NULL))
            ) STRICT;

            CREATE TABLE access_log_tile (
                level INTEGER NOT NULL CHECK (level > 0 AND level % 8 = 0),
                idx INTEGER NOT NULL CHECK (idx >= 0),
                hash BLOB NOT NULL CHECK (length(hash) = 32), -- of 2^level leaves
                earliest INTEGER, -- milliseconds since 1970, UTC; of level 8 only
                latest INTEGER, -- milliseconds since 1970, UTC; of level 8 only
                PRIMARY KEY (level, idx),
                CHECK ((level = 8) = (earliest IS NOT NULL)),
                CHECK ((level = 8) = (latest IS NOT NULL)),
                CHECK (earliest <= latest)
            ) STRICT, WITHOUT ROWID;

            CREATE TRIGGER access_log_insert BEFORE INSERT ON access_log
            WHEN NEW.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM access_log)
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            CREATE TRIGGER access_log_update BEFORE UPDATE ON access_log
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            CREATE TRIGGER access_log_delete BEFORE DELETE ON access_log
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

            CREATE TRIGGER access_log_tile_insert BEFORE INSERT ON access_log_tile
            WHEN NEW.idx IS NOT (
                SELECT coalesce(max(idx) + 1, 0) FROM access_log_tile WHERE level = NEW.level)
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            CREATE TRIGGER access_log_tile_update BEFORE UPDATE ON access_log_tile
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            CREATE TRIGGER access_log_tile_delete BEFORE DELETE ON access_log_tile
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

            CREATE TRIGGER access_log_policy_set_insert BEFORE INSERT ON access_log_policy_set
            WHEN EXISTS (
                SELECT 1 FROM access_log_policy_set WHERE id = NEW.id OR hash = NEW.hash)
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            CREATE TRIGGER access_log_policy_set_update BEFORE UPDATE ON access_log_policy_set
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            CREATE TRIGGER access_log_policy_set_delete BEFORE DELETE ON access_log_policy_set
            BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
            """,
            """
            -- how many attempts the entry stands for; NULL for an act of its own
            ALTER TABLE access_log ADD COLUMN count INTEGER CHECK (count > 0);

            -- attempts of the minutes that are not over yet; emptied into the log
            CREATE TABLE access_log_tally (
                minute INTEGER NOT NULL, -- since 1970, UTC
                source TEXT NOT NULL,
                action TEXT NOT NULL,
                reason TEXT NOT NULL,
                at INTEGER NOT NULL, -- of the first attempt; milliseconds since 1970, UTC
                actor TEXT NOT NULL,
                session INTEGER,
                elevated INTEGER NOT NULL CHECK (elevated IN (0, 1)),
                resource TEXT NOT NULL,
                policy_set TEXT NOT NULL,
                request_id TEXT NOT NULL,
                count INTEGER NOT NULL CHECK (count > 0),
                PRIMARY KEY (minute, source, action, reason)
            ) STRICT, WITHOUT ROWID;
            """,
        ]
    )
}
