-- Channels, positions, the calendar of workdays, and what officers write down about duties.

-- One bit a channel: app, H5, mini-program, kiosk, in person.
ALTER TABLE duty ADD COLUMN channels INTEGER NOT NULL DEFAULT 31 CHECK (channels BETWEEN 1 AND 31);
ALTER TABLE duty ADD COLUMN location_required BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE device ADD COLUMN channel TEXT NOT NULL DEFAULT 'h5' CHECK (channel IN ('app', 'h5', 'mini_program', 'kiosk'));

-- Days that are worked or not against the week's order. The highest version of a year counts; none is ever changed.
CREATE TABLE calendar_year (
    year        INTEGER NOT NULL,
    version     INTEGER NOT NULL CHECK (version >= 1),
    days        JSONB NOT NULL,
    written_by  UUID REFERENCES officer (id),
    written_at  BIGINT NOT NULL,
    -- When all duties ahead had been made again by it.
    applied_at  BIGINT,
    PRIMARY KEY (year, version)
);
-- As the State Council announced them.
INSERT INTO calendar_year (year, version, days, written_at, applied_at) VALUES (2025, 1, '{"2025-01-01":"day_off","2025-01-26":"workday","2025-01-28":"day_off","2025-01-29":"day_off","2025-01-30":"day_off","2025-01-31":"day_off","2025-02-01":"day_off","2025-02-02":"day_off","2025-02-03":"day_off","2025-02-04":"day_off","2025-02-08":"workday","2025-04-04":"day_off","2025-04-05":"day_off","2025-04-06":"day_off","2025-04-27":"workday","2025-05-01":"day_off","2025-05-02":"day_off","2025-05-03":"day_off","2025-05-04":"day_off","2025-05-05":"day_off","2025-05-31":"day_off","2025-06-01":"day_off","2025-06-02":"day_off","2025-09-28":"workday","2025-10-01":"day_off","2025-10-02":"day_off","2025-10-03":"day_off","2025-10-04":"day_off","2025-10-05":"day_off","2025-10-06":"day_off","2025-10-07":"day_off","2025-10-08":"day_off","2025-10-11":"workday"}', 0, 0);
INSERT INTO calendar_year (year, version, days, written_at, applied_at) VALUES (2026, 1, '{"2026-01-01":"day_off","2026-01-02":"day_off","2026-01-03":"day_off","2026-01-04":"workday","2026-02-14":"workday","2026-02-15":"day_off","2026-02-16":"day_off","2026-02-17":"day_off","2026-02-18":"day_off","2026-02-19":"day_off","2026-02-20":"day_off","2026-02-21":"day_off","2026-02-22":"day_off","2026-02-23":"day_off","2026-02-28":"workday","2026-04-04":"day_off","2026-04-05":"day_off","2026-04-06":"day_off","2026-05-01":"day_off","2026-05-02":"day_off","2026-05-03":"day_off","2026-05-04":"day_off","2026-05-05":"day_off","2026-05-09":"workday","2026-06-19":"day_off","2026-06-20":"day_off","2026-06-21":"day_off","2026-09-20":"workday","2026-09-25":"day_off","2026-09-26":"day_off","2026-09-27":"day_off","2026-10-01":"day_off","2026-10-02":"day_off","2026-10-03":"day_off","2026-10-04":"day_off","2026-10-05":"day_off","2026-10-06":"day_off","2026-10-07":"day_off","2026-10-10":"workday"}', 0, 0);

CREATE TABLE duty_ruling (
    id          UUID PRIMARY KEY,
    duty_id     UUID NOT NULL REFERENCES duty (id),
    kind        TEXT NOT NULL CHECK (kind IN ('attended', 'excused')),
    at          BIGINT NOT NULL,
    officer_id  UUID NOT NULL REFERENCES officer (id),
    reason      TEXT NOT NULL,
    ruled_at    BIGINT NOT NULL
);
CREATE INDEX duty_ruling_duty ON duty_ruling (duty_id, ruled_at, id);
