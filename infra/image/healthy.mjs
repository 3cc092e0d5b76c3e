// Whether the worker of this container takes connections: exit code 0 or 1, and why not.
const url = `http://127.0.0.1:${process.env.PORT}/readyz/`;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_500) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
} catch (error) {
  process.stdout.write(`${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
