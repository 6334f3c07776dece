-- Safe to run at every start.
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now());
