import type { IncomingMessage } from 'node:http';

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** The page's content security policy; `webSocket` is the origin events come from. */
export function contentSecurityPolicy(webSocket: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data: blob:",
    `connect-src 'self' ${webSocket}`.trim(),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Sent with every answer. */
export function securityHeaders(host: string): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(`ws://${host}`),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/**
 * The Host header, if it names this machine by a loopback name; a page that had its own name point here (DNS
 * rebinding) is refused. Any port is fine: SSH may forward another one.
 */
export function loopbackHost(request: IncomingMessage): string | null {
  const host = request.headers.host ?? '';
  const name = host.replace(/:\d{1,5}$/, '');
  return LOOPBACK_HOSTS.includes(name) ? host : null;
}

/** Whether the request comes from the page that this server gave out. */
export function isSameOrigin(request: IncomingMessage, host: string): boolean {
  return request.headers.origin === `http://${host}`;
}
