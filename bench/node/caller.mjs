// Who asks: a session token is "user.session.expires.MAC", the MAC HMAC-SHA1 in base64url of what stands
// before it. A forged one is turned away here, without PostgreSQL.
import { createHmac, timingSafeEqual } from 'node:crypto';

const key = process.env.TOKEN_KEY;
const form = /^Bearer ((\d{1,18})\.(\d{1,18})\.(\d{1,18}))\.([\w-]{27})$/;

export function callerOf(header) {
  const parts = header?.match(form);
  if (!parts) return null;
  const [, signed, user, session, expires, mac] = parts;
  const right = createHmac('sha1', key).update(signed).digest();
  if (!timingSafeEqual(right, Buffer.from(mac, 'base64url')) || Number(expires) <= Date.now()) return null;
  return { user, session };
}
