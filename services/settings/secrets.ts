/** Settings whose value is shown nowhere. */
export const SECRETS: ReadonlySet<string> = new Set([
  'CONTROL_TOKEN',
  'ADMIN_PASSWORD',
  'ALERT_WEBHOOK_URL',
  'API_KEYS',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
]);
