/** A credential of our own invention, in the words around it. */
export interface PlantedSecret {
  readonly make: string;
  readonly secret: string;
  readonly text: string;
}

/** Tokens are put together here, so that no scanner takes this file for a leak. */
const join = (...parts: readonly string[]) => parts.join('');

const HEX = '9f3ac1e07b5d24868e1f0c7a';
const HEX_32 = `${HEX}52d8b3e6`;
const ALNUM = 'q7ZtR4mXk2VbN8sYc5WdJ9pLh3GfT6uQe1Ar';
const MIXED_40 = join('tB7/kQ2+vX9', 'mZ4rN8wL1cY', '6pH3sD5fG0jK2aE9uT');
const BASE64_64 = 'b3VyT3duSW52ZW50aW9uQW5kTm9ib2R5c0tleUF0QWxsMTIzNDU2Nzg5MGFiYw';

function plant(make: string, secret: string, before = '', after = ''): PlantedSecret {
  return { make, secret, text: `${before}${secret}${after}` };
}

function pem(label: string, body: string): string {
  return [join('-----BEGIN ', label, ' KEY-----'), body, join('-----END ', label, ' KEY-----')].join('\n');
}

const KEY_BODY = Array.from({ length: 6 }, (_, line) => `MI${BASE64_64.slice(line)}${ALNUM.slice(0, line)}`).join('\n');
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJjaGVja291dCIsImlhdCI6MX0', `k${ALNUM}_-x`].join('.');

const TOKENS: readonly PlantedSecret[] = [
  plant('aws access key', join('AKI', 'A', 'Q7ZTR4MXK2VBN8SY'), 'export AWS_ACCESS_KEY_ID='),
  plant('aws temporary key', join('ASI', 'A', 'Q7ZTR4MXK2VBN8SY'), 'the key ', ' was used'),
  plant('aws secret key', MIXED_40, 'aws_secret_access_key = '),
  plant('aws secret key', MIXED_40, 'AWS_SECRET_ACCESS_KEY="', '"'),
  plant('github token', join('gh', 'p_', ALNUM), 'git clone with ', '.'),
  plant('github app token', join('gh', 's_', ALNUM), 'GITHUB_TOKEN='),
  plant('github fine-grained', join('github', '_pat_', ALNUM, ALNUM, ALNUM.slice(0, 10)), '`', '`'),
  plant('gitlab token', join('gl', 'pat-', ALNUM.slice(0, 20)), 'PRIVATE-TOKEN: '),
  plant('slack bot token', join('xo', 'xb-', '2048192837465-', '1029384756102-', ALNUM.slice(0, 24)), 'slack '),
  plant('slack webhook', join('/services/T0QZ1X2Y3/B0W4V5U6T/', ALNUM.slice(0, 24)), 'curl https://hooks.slack.com'),
  plant('stripe key', join('sk', '_live_', ALNUM.slice(0, 24)), 'stripe: '),
  plant('sendgrid key', join('S', 'G.', ALNUM.slice(0, 22), '.', ALNUM, ALNUM.slice(0, 7)), ''),
  plant('npm token', join('np', 'm_', ALNUM), '//registry.example.com/:_authToken='),
  plant('openai key', join('sk-', 'proj-', ALNUM, ALNUM), 'OPENAI_API_KEY='),
  plant('openai key', join('s', 'k-', ALNUM, ALNUM.slice(0, 12)), 'use ', ' for the model'),
  plant('anthropic key', join('sk-', 'ant-api03-', ALNUM, ALNUM, ALNUM.slice(0, 21), 'AA'), 'key '),
  plant('hugging face token', join('h', 'f_', ALNUM.slice(0, 34)), 'login with '),
  plant('google api key', join('AI', 'za', ALNUM.slice(0, 35)), 'maps?key='),
  plant('google oauth token', join('ya', '29.', ALNUM), 'token '),
  plant('grafana service account', join('gl', 'sa_', ALNUM.slice(0, 32), '_', HEX.slice(0, 8)), 'Grafana '),
  plant('vault token', join('hv', 's.', ALNUM.slice(0, 24)), 'vault login '),
  plant('new relic key', join('NR', 'AK-', ALNUM.slice(0, 27).toUpperCase()), ''),
  plant('linear key', join('lin', '_api_', ALNUM), 'linear '),
  plant('shopify token', join('shp', 'at_', HEX_32), ''),
  plant('digitalocean token', join('do', 'p_v1_', HEX_32, HEX_32), 'doctl auth '),
  plant('databricks token', join('da', 'pi', HEX_32), ''),
  plant('docker token', join('dckr', '_pat_', ALNUM.slice(0, 27)), 'docker login: '),
  plant('pypi token', join('py', 'pi-AgE', 'IcHlwaS5vcmc', ALNUM), ''),
  plant('telegram bot', join('5120938471:', 'AA', ALNUM.slice(0, 33)), 'bot '),
  plant('jwt', JWT, 'session '),
  plant('bcrypt hash', join('$2b', '$12$', ALNUM, ALNUM.slice(0, 17)), 'web:'),
  plant('azure storage', `${BASE64_64}${ALNUM}==`, 'AccountName=orders;AccountKey=', ';EndpointSuffix=core.example.com'),
];

const KEYS: readonly PlantedSecret[] = [
  plant('private key', pem('RSA PRIVATE', KEY_BODY), 'Key:\n'),
  plant('private key', pem('EC PRIVATE', KEY_BODY), '', '\nafter'),
  plant('private key', pem('OPENSSH PRIVATE', `b3BlbnNzaC1rZXktdjE${KEY_BODY}`), ''),
  plant('encrypted private key', pem('ENCRYPTED PRIVATE', KEY_BODY), ''),
  plant('private key, one line', pem('PRIVATE', KEY_BODY).replaceAll('\n', '\\n'), '"private_key": "', '\\n"'),
  plant('private key, indented', pem('PRIVATE', KEY_BODY).replaceAll('\n', '\n    '), 'tls.key: |\n    '),
  plant('private key in base64', Buffer.from(pem('RSA PRIVATE', KEY_BODY)).toString('base64'), 'tls.key: '),
  plant('private key cut off', KEY_BODY.slice(0, 300), join('-----BEGIN ', 'PRIVATE KEY-----\n'), '…'),
];

const ADDRESSES: readonly PlantedSecret[] = [
  plant('postgres url', 'tr0ub4dor-x', 'psql postgres://orders:', '@db.example.com:5432/orders'),
  plant('mysql url', 'tr0ub4dor&3', 'mysql://web:', '@db:3306/web'),
  plant('mongodb url', 'p@ss-w0rd-x', 'mongodb+srv://web:', '@cluster0.example.com/?retryWrites=true'),
  plant('amqp url', 'rabbitpw77', 'amqp://events:', '@broker:5672/vhost'),
  plant('redis url', 'c4che-k3y', 'redis://:', '@cache:6379/0'),
  plant('jdbc url', 's3cr3tjdbc', 'jdbc:postgresql://db/orders?user=web&password=', '&ssl=true'),
  plant('http basic auth', 'hunter22x', 'curl https://ops:', '@status.example.com/api'),
  plant('go dsn', 'pw-4-mysql', 'root:', '@tcp(db:3306)/orders'),
  plant('token as user', ALNUM, 'git clone https://', '@git.example.com/web.git'),
  plant('query token', HEX_32, 'GET /hook?access_token=', '&x=1'),
  plant('ado connection string', 'Qu1et-Riv3r', 'Server=db;Database=orders;User Id=web;Password=', ';Encrypt=true'),
];

const ASSIGNMENTS: readonly PlantedSecret[] = [
  plant('yaml password', 'Tr1cky-Horse', 'db:\n  password: ', '\n  user: web'),
  plant('yaml password, a word', 'bluebird', '  password: ', '\n'),
  plant('quoted password', 'wet paint 9', 'DB_PASSWORD="', '"'),
  plant('environment password', 'Tr1ckyHorse', 'PGPASSWORD=', ' psql -h db -U web'),
  plant('flag password', 'Tr1cky!Horse', 'tool --user web --password ', ' --now'),
  plant('flag password', 'bluebird', 'tool --password=', ' --now'),
  plant('json password', 'Tr1cky"Horse'.replace('"', '_'), '{"user":"web","password":"', '"}'),
  plant('table password', 'Tr1cky99Horse', '| Admin password | ', ' |'),
  plant('markdown password', 'Tr1cky99Horse', '- **Password**: `', '`'),
  plant('password in a sentence', 'Tr1cky99Horse', 'The root password is ', ', ask before use.'),
  plant('passphrase', 'moss-lamp-77', 'passphrase: ', ''),
  plant('camel case', 'Tr1cky99Horse', 'spring.datasource.dbPassword=', ''),
  plant('client secret', ALNUM.slice(0, 28), 'client_secret: ', ''),
  plant('api key', HEX_32, 'DD_API_KEY=', ''),
  plant('api key header', HEX_32, 'curl -H "DD-APPLICATION-KEY: ', '"'),
  plant('api key header', ALNUM.slice(0, 24), "-H 'X-Api-Key: ", "' https://api.example.com"),
  plant('bearer', ALNUM, 'curl -H "Authorization: Bearer ', '"'),
  plant('basic', 'b3BzOlRyMWNreS1Ib3JzZQ==', 'Authorization: Basic ', ''),
  plant('pagerduty', 'y_QzWx1e7ErTyUiOp9As', 'Authorization: Token token=', ''),
  plant('opsgenie', '4f1d2c3b-9a8e-4d7c-b6a5-0f1e2d3c4b5a', 'Authorization: GenieKey ', ''),
  plant('routing key', HEX_32, 'routing_key: ', ''),
  plant('vault token by name', ALNUM.slice(0, 26), 'VAULT_TOKEN=', ' vault read secret/web'),
  plant('session cookie', ALNUM, 'Cookie: session=', '; path=/'),
  plant('curl user', 'Tr1ckyHorse', 'curl -s -u ops:', ' https://api.example.com'),
  plant('mysql -p', 'Tr1ckyHorse', 'mysql -h db -u root -p', ' orders'),
  plant('redis -a', 'Tr1ckyHorse', 'redis-cli -h cache -a ', ' info'),
  plant('sshpass', 'Tr1ckyHorse', "sshpass -p '", "' ssh ops@db"),
  plant('rabbitmqctl', 'Tr1ckyHorse', 'rabbitmqctl change_password web ', ''),
  plant('sql', 'Tr1ckyHorse', "ALTER USER web WITH PASSWORD '", "';"),
  plant('kubectl literal', 'Tr1ckyHorse', 'kubectl create secret generic web --from-literal=db=', ''),
];

export const PLANTED_SECRETS: readonly PlantedSecret[] = [...TOKENS, ...KEYS, ...ADDRESSES, ...ASSIGNMENTS];
