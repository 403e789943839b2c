public import SQLite

extension RecordStore {
    /// The tables of pupils, lists, incidents, actions and alerts.
    ///
    /// The row filter also reads the view `active_role_holder(staff, role)`, which the module of
    /// accounts makes.
    public static let migrations = Migrations(
        module: "Records",
        steps: [peopleAndLists + incidents + actionsAndAlerts + appendOnly]
    )

    // Times are milliseconds since 1970, UTC; ids are random, but for an incident's. Positions
    // keep the order in which entries were given.
    private static let peopleAndLists = """
        CREATE TABLE pupil (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            profile BLOB NOT NULL CHECK (length(profile) > 31), -- sealed: name, birth, UPN
            year_group TEXT NOT NULL CHECK (length(year_group) BETWEEN 1 AND 20),
            form TEXT CHECK (length(form) BETWEEN 1 AND 20),
            state TEXT NOT NULL CHECK (state IN ('on-roll', 'left')),
            created_at INTEGER NOT NULL -- milliseconds
        ) STRICT;
        CREATE TABLE pupil_sibling ( -- each pair once
            pupil INTEGER NOT NULL REFERENCES pupil,
            sibling INTEGER NOT NULL REFERENCES pupil CHECK (sibling > pupil),
            PRIMARY KEY (pupil, sibling)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE staff_relation ( -- kept out of the pupil's incidents
            staff INTEGER NOT NULL CHECK (staff > 0),
            pupil INTEGER NOT NULL REFERENCES pupil,
            PRIMARY KEY (staff, pupil)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX staff_relation_by_pupil ON staff_relation (pupil, staff);
        CREATE TABLE category (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
            position INTEGER NOT NULL CHECK (position >= 0),
            retired_at INTEGER -- milliseconds
        ) STRICT;
        CREATE TABLE agency (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
            position INTEGER NOT NULL CHECK (position >= 0),
            retired_at INTEGER -- milliseconds
        ) STRICT;

        """

    // What fails undoes its whole piece of work: so foreign keys wait for the commit and triggers fail
    // without undoing, like the statements that write here (OR FAIL). SQLite would else keep, for every
    // row, a copy of each page that it changes, in case that row alone is to be undone.
    private static let incidents = """
        CREATE TABLE incident (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of recording, from 1
            author INTEGER NOT NULL CHECK (author > 0),
            pupil INTEGER -- none for an unlisted child or about staff
                REFERENCES pupil DEFERRABLE INITIALLY DEFERRED,
            occurred_at INTEGER NOT NULL, -- milliseconds
            recorded_at INTEGER NOT NULL, -- milliseconds
            restricted INTEGER NOT NULL CHECK (restricted IN (0, 1)),
            urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
            content BLOB NOT NULL CHECK (length(content) > 28) -- sealed with the content key
        ) STRICT;
        CREATE INDEX incident_by_author ON incident (author);
        CREATE TABLE incident_key ( -- destroying a row makes the incident unreadable for ever
            incident INTEGER PRIMARY KEY REFERENCES incident,
            wrapped BLOB NOT NULL CHECK (length(wrapped) = 63)
        ) STRICT;
        CREATE TABLE incident_pupil (
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            position INTEGER NOT NULL CHECK (position >= 0), -- 0: whom it is about; linked from 1
            pupil INTEGER NOT NULL REFERENCES pupil DEFERRABLE INITIALLY DEFERRED,
            PRIMARY KEY (incident, position)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX incident_pupil_by_pupil ON incident_pupil (pupil, incident);
        CREATE TABLE incident_category (
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2),
            category INTEGER NOT NULL REFERENCES category DEFERRABLE INITIALLY DEFERRED,
            PRIMARY KEY (incident, position)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX incident_category_by_category
            ON incident_category (category, incident);
        CREATE TABLE incident_agency (
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            position INTEGER NOT NULL CHECK (position >= 0),
            agency INTEGER NOT NULL REFERENCES agency DEFERRABLE INITIALLY DEFERRED,
            PRIMARY KEY (incident, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE incident_subject ( -- staff whom it is about
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            staff INTEGER NOT NULL CHECK (staff > 0),
            PRIMARY KEY (incident, staff)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incident_subject_by_staff ON incident_subject (staff);
        CREATE TABLE incident_named ( -- staff who may see it although it is restricted
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            staff INTEGER NOT NULL CHECK (staff > 0),
            PRIMARY KEY (incident, staff)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incident_named_by_staff ON incident_named (staff);

        """

    private static let actionsAndAlerts = """
        CREATE TABLE incident_action (
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            id INTEGER NOT NULL CHECK (id > 0),
            author INTEGER NOT NULL CHECK (author > 0),
            occurred_at INTEGER NOT NULL, -- milliseconds
            recorded_at INTEGER NOT NULL, -- milliseconds
            audience TEXT NOT NULL CHECK (audience IN ('involved', 'leadership')),
            retrospective INTEGER NOT NULL CHECK (retrospective IN (0, 1)),
            assignee INTEGER CHECK (assignee > 0),
            due_at INTEGER CHECK (due_at IS NULL OR assignee IS NOT NULL), -- milliseconds
            completes INTEGER, -- the action whose follow-up this one completes
            content BLOB NOT NULL CHECK (length(content) > 28), -- sealed with the content key
            PRIMARY KEY (incident, id),
            FOREIGN KEY (incident, completes) REFERENCES incident_action (incident, id)
                DEFERRABLE INITIALLY DEFERRED
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incident_action_by_assignee ON incident_action (assignee)
            WHERE assignee IS NOT NULL;
        CREATE UNIQUE INDEX incident_action_completed_once
            ON incident_action (incident, completes) WHERE completes IS NOT NULL;
        CREATE TABLE alert (
            incident INTEGER NOT NULL REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
            staff INTEGER NOT NULL CHECK (staff > 0),
            action INTEGER NOT NULL CHECK (action >= 0), -- 0: raised by the incident itself
            via TEXT NOT NULL CHECK (via IN ('name', 'group')),
            raised_by INTEGER NOT NULL CHECK (raised_by > 0),
            raised_at INTEGER NOT NULL, -- milliseconds
            opened_at INTEGER, -- milliseconds
            acknowledged_at INTEGER CHECK (acknowledged_at IS NULL OR opened_at IS NOT NULL),
            withdrawn_at INTEGER, -- milliseconds
            PRIMARY KEY (incident, staff, action)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX alert_by_staff ON alert (staff, raised_at, incident, action);
        CREATE INDEX alert_unread ON alert (staff, raised_at, incident, action)
            WHERE acknowledged_at IS NULL AND withdrawn_at IS NULL;
        CREATE INDEX alert_by_name ON alert (staff) WHERE via = 'name';

        """

    // An INSERT OR REPLACE deletes without a DELETE trigger (sqlite.org/lang_conflict.html): so a
    // key that exists is refused before the insert as well.
    private static let appendOnly =
        appendOnlyTriggers(of: "incident", key: "id = new.id")
        + appendOnlyTriggers(of: "incident_pupil", key: positionKey)
        + appendOnlyTriggers(of: "incident_category", key: positionKey)
        + appendOnlyTriggers(of: "incident_agency", key: positionKey)
        + appendOnlyTriggers(of: "incident_subject", key: staffKey)
        + appendOnlyTriggers(of: "incident_named", key: staffKey)
        + appendOnlyTriggers(of: "incident_action", key: "incident = new.incident AND id = new.id")
            + """
            CREATE TRIGGER alert_no_replacement BEFORE INSERT ON alert
            WHEN EXISTS (
                SELECT 1 FROM alert
                WHERE incident = new.incident AND staff = new.staff AND action = new.action
            )
            BEGIN SELECT RAISE(FAIL, 'alert is there already'); END;
            CREATE TRIGGER alert_no_delete BEFORE DELETE ON alert
            BEGIN SELECT RAISE(FAIL, 'alert is never deleted'); END;
            CREATE TRIGGER alert_marked_once BEFORE UPDATE ON alert
            WHEN old.incident IS NOT new.incident OR old.staff IS NOT new.staff
                OR old.action IS NOT new.action OR old.via IS NOT new.via
                OR old.raised_by IS NOT new.raised_by OR old.raised_at IS NOT new.raised_at
                OR (old.opened_at IS NOT NULL AND old.opened_at IS NOT new.opened_at)
                OR (old.acknowledged_at IS NOT NULL
                    AND old.acknowledged_at IS NOT new.acknowledged_at)
                OR (old.withdrawn_at IS NOT NULL AND old.withdrawn_at IS NOT new.withdrawn_at)
            BEGIN SELECT RAISE(FAIL, 'alert is marked once'); END;

            """

    private static let positionKey = "incident = new.incident AND position = new.position"
    private static let staffKey = "incident = new.incident AND staff = new.staff"

    private static func appendOnlyTriggers(of table: String, key: String) -> String {
        """
        CREATE TRIGGER \(table)_no_update BEFORE UPDATE ON \(table)
        BEGIN SELECT RAISE(FAIL, '\(table) is append-only'); END;
        CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table)
        BEGIN SELECT RAISE(FAIL, '\(table) is append-only'); END;
        CREATE TRIGGER \(table)_no_replacement BEFORE INSERT ON \(table)
        WHEN EXISTS (SELECT 1 FROM \(table) WHERE \(key))
        BEGIN SELECT RAISE(FAIL, '\(table) is append-only'); END;

        """
    }
}
