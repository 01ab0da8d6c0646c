/** Who is notified of messages in channels. */
export const SCHEMA_25 = `
-- The newest message that it has been told of, or that was there before it; NULL: it is told of none.
ALTER TABLE receivers ADD COLUMN message_number INTEGER;
-- Of a message. It may be gone by now.
ALTER TABLE notifications ADD COLUMN message_number INTEGER;
CREATE UNIQUE INDEX notifications_by_message ON notifications (receiver, message_number)
  WHERE message_number IS NOT NULL;
CREATE INDEX notifications_of_message ON notifications (message_number)
  WHERE message_number IS NOT NULL AND settled_at IS NULL;
`;
