import { portSetting, readPort } from '../settings/read-port.ts';

/* Prints an access token that the running local host accepts, for the demo user or for the user in the argument. */
const [user = 'demo-user'] = process.argv.slice(2);
const rootUrl = `http://127.0.0.1:${readPort(process.env['PORT'])}`;
try {
  const answer = await fetch(`${rootUrl}/token?user=${encodeURIComponent(user)}`);
  const { access_token: token } = (await answer.json()) as { access_token: string };
  console.log(token);
} catch {
  console.error(
    `No local host answers at ${rootUrl}. Start one with npm start; PORT names its port if it isn't ${portSetting.default}.`,
  );
  process.exitCode = 1;
}
