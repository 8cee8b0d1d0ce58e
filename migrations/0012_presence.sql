-- What a session asks its person to show besides a frontal face: a turned head, colours of the screen. None where nothing of the kind is asked.
ALTER TABLE checkin ADD COLUMN presence JSONB;
