-- What is watched, and how it came out.

ALTER TABLE alert ADD COLUMN outcome TEXT CHECK (outcome IN ('confirmed', 'unfounded', 'unclear'));
CREATE INDEX alert_closed ON alert (closed_at, id) WHERE closed_at IS NOT NULL;

-- Every version that a unit ever set; the newest holds, below it for all that did not set their own.
CREATE TABLE alert_settings (
    unit_id   UUID NOT NULL REFERENCES org_unit (id),
    version   INTEGER NOT NULL CHECK (version >= 1),
    settings  JSONB NOT NULL,
    set_by    UUID NOT NULL REFERENCES officer (id),
    set_at    BIGINT NOT NULL,
    PRIMARY KEY (unit_id, version)
);

-- Who was sentenced together (同案), by the number of the case.
CREATE TABLE case_group (
    person_id   UUID PRIMARY KEY REFERENCES person (id),
    case_group  TEXT NOT NULL
);
CREATE INDEX case_group_members ON case_group (case_group, person_id);

-- What only one handset has, as its platform says, hashed by the phone.
ALTER TABLE device ADD COLUMN handset TEXT;
CREATE INDEX device_of_key ON device (thumbprint);
CREATE INDEX device_of_handset ON device (handset) WHERE handset IS NOT NULL;
CREATE INDEX device_of_person ON device (person_id, activated_at);

-- One in eight of a duty's index entries for what the index of openings answers too.
DROP INDEX duty_end;
