-- Areas of persons, the positions of their phones, and the approvals of continuous positioning.

-- Never deleted: an end is written down.
CREATE TABLE area (
    id           UUID PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    kind         TEXT NOT NULL CHECK (kind IN ('allowed', 'exclusion', 'key_place')),
    name         TEXT NOT NULL,
    -- In WGS-84, by which positions are judged.
    shape        JSONB NOT NULL,
    -- The datum and the coordinates as the officer entered them.
    drawn        JSONB NOT NULL,
    hours        JSONB NOT NULL,
    valid_from   TEXT NOT NULL CHECK (length(valid_from) = 10),
    valid_until  TEXT CHECK (length(valid_until) = 10),
    created_by   UUID NOT NULL REFERENCES officer (id),
    created_at   BIGINT NOT NULL,
    ended_by     UUID REFERENCES officer (id),
    ended_at     BIGINT,
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX area_person ON area (person_id, created_at, id);

-- 社区矫正法 §29: five grounds, at most three months, each renewal an approval of its own.
CREATE TABLE positioning_approval (
    id           UUID PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    ground       TEXT NOT NULL CHECK (ground IN ('prohibition_violated', 'left_without_permission', 'warned_for_not_reporting',
                                                 'public_security_penalty', 'revocation_intended')),
    reason       TEXT NOT NULL,
    from_at      BIGINT NOT NULL,
    until_at     BIGINT NOT NULL,
    approved_by  UUID NOT NULL REFERENCES officer (id),
    approved_at  BIGINT NOT NULL,
    ended_by     UUID REFERENCES officer (id),
    ended_at     BIGINT,
    CHECK (approved_at <= from_at AND from_at < until_at),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX positioning_approval_person ON positioning_approval (person_id, from_at, id);

CREATE TABLE position (
    id           UUID PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    device_id    UUID NOT NULL REFERENCES device (id),
    -- The server's time when it arrived, and the time that the phone gave.
    at           BIGINT NOT NULL,
    said_at      BIGINT,
    -- As the phone gave them.
    datum        TEXT NOT NULL CHECK (datum IN ('wgs84', 'gcj02', 'bd09')),
    lat_deg      DOUBLE PRECISION NOT NULL,
    lon_deg      DOUBLE PRECISION NOT NULL,
    accuracy_m   DOUBLE PRECISION NOT NULL,
    mock         BOOLEAN,
    source       TEXT NOT NULL CHECK (source IN ('checkin', 'continuous')),
    checkin_id   UUID UNIQUE REFERENCES checkin (id),
    approval_id  UUID REFERENCES positioning_approval (id),
    -- Nobody is followed without an approval.
    CHECK ((source = 'checkin') = (checkin_id IS NOT NULL) AND (source = 'continuous') = (approval_id IS NOT NULL))
);
CREATE INDEX position_person ON position (person_id, at, id);

-- What the position of the check-in said about the areas, in words; written with the verdict.
ALTER TABLE checkin ADD COLUMN findings JSONB;
