/**
 * Who may talk to the server: browsers that opened a one-time link, which was exchanged for a cookie, and this user's
 * terminals, which read the bearer token from a file that only the user may read.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const TOKEN_BYTES = 32;

export interface Sessions {
  /** A token that opens the page once. */
  newLinkToken(): string;
  /** Exchanges a one-time token for the value of a `Set-Cookie` header; null if it is not valid (any more). */
  exchange(linkToken: string): string | null;
  isBrowser(request: IncomingMessage): boolean;
  isTerminal(request: IncomingMessage): boolean;
  readonly bearerToken: string;
}

const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @param cookieName distinct for each server on this machine: cookies do not tell ports apart */
export function createSessions(cookieName: string): Sessions {
  const linkTokens = new Set<string>();
  const sessions = new Set<string>();
  const bearerToken = newToken();
  const bearerDigest = digest(`Bearer ${bearerToken}`);
  return {
    bearerToken,
    newLinkToken() {
      const token = newToken();
      linkTokens.add(token);
      return token;
    },
    exchange(linkToken) {
      if (!linkTokens.delete(linkToken)) return null;
      const session = newToken();
      sessions.add(session);
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    isBrowser(request) {
      const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim().split('='));
      return cookies.some(
        ([name, value]) => name === cookieName && value !== undefined && sessions.has(value),
      );
    },
    isTerminal: (request) => timingSafeEqual(digest(request.headers.authorization ?? ''), bearerDigest),
  };
}
