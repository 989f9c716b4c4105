// SPDX-License-Identifier: Apache-2.0
//
// The command line and configuration files as an operator meets them: help, versions, mistakes. No node comes up here.
//
//   node command_line.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';

const given = options({ alysd: undefined, data: undefined });
const alysd = (...args) => run(given.alysd, args, { cwd: given.data });

const commands = [[], ['dev'], ['devnet'], ['run'], ['config'], ['config', 'check'], ['config', 'import'], ['init'], ['keygen'], ['tree'], ['backup'], ['restore'], ['verify'], ['repair']];

async function helps() {
  for (const command of commands) {
    const { code, out, err } = await alysd(...command, '--help');
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Usage: ${['alysd', ...command].join(' ').replace('devnet', 'dev')} `)); // the longer name of the same
    assert.equal(err, '');
  }
  const { out } = await alysd('--help');
  for (const command of ['dev, devnet', 'run', 'config', 'init', 'keygen', 'tree', 'backup', 'restore', 'verify', 'repair']) assert.match(out, new RegExp(`^  ${command} +\\w`, 'm'));
}

async function tellsItsVersion() {
  for (const command of commands) {
    const { code, out } = await alysd(...command, '--version');
    assert.equal(code, 0, command.join(' '));
    assert.match(out, /^alysd \d+\.\d+\.\d+\n$/);
  }
}

// [arguments, what the message must name]
const mistakes = [
  [[], /a command \(dev, run, config, init, keygen, tree, backup, restore, verify, repair\) is required/],
  [['--bogus'], /--bogus/],
  [['devv'], /devv/],
  [['dev', '--bogus'], /--bogus/],
  [['dev', 'run'], /not expected: run/],
  [['dev', 'word'], /word/],
  [['dev', '--slot-ms', '99'], /--slot-ms: .*99 .*100 to 3600000/],
  [['dev', '--slot-ms', 'soon'], /--slot-ms.*soon/],
  [['dev', '--port', '65536'], /--port: .*65536 .*0 to 65535/],
  [['dev', '--blocks', '0'], /--blocks: .*0 .*1 to 1000000000/],
  [['dev', '--blocks', '-1'], /--blocks.*-1/],
  [['dev', '--blocks'], /--blocks/],
  [['dev', '--log-level', 'loud'], /"loud" is not one of: debug, info, warning, error/],
  [['dev', '--data', ''], /data_folder: must not be empty/],
  [['dev', '--engine', 'gett'], /engine\.kind: "gett" is not one of: ledger, ethereumjs, geth, external/],
  [['dev', '--engine', 'geth'], /engine\.program: must be the file of geth/],
  [['dev', '--client', 'geth'], /engine\.program: must be left out: it is for "ethereumjs" and "geth", and engine\.kind is "ledger"/],
  [['dev', '--engine', 'geth', '--client', 'geth', '--slot-ms', '500'], /chain\.slot_duration: must be at least 1s with an execution client/],
  [['dev', '--engine', 'external'], /engine\.secret: must be the file with the secret/],
  [['run'], /--config is required/],
  [['run', '--config'], /--config/],
  [['config'], /a command \(check, import\) is required/],
  [['config', 'chekc'], /chekc/],
  [['config', 'check'], /file is required/],
  [['config', 'import'], /json is required/],
  [['config', 'import', 'a', '--form', '--with', 'b'], /--form excludes --with|--with excludes --form/],
  [['init', 'x', '--fee-recipient', 'y'], /--chain-id is required/],
  [['init', 'x', '--chain-id', '1'], /--fee-recipient is required/],
  [['init', 'x', '--chain-id', '0', '--fee-recipient', 'y'], /--chain-id: .*0 /],
  [['keygen'], /file is required/],
  [['config', 'check', 'a.toml', 'b.toml'], /b\.toml/],
  [['tree', '--url', 'nowhere'], /"nowhere": expected http:\/\/ADDRESS:PORT/],
];

async function refusesMistakes() {
  for (const [args, words] of mistakes) {
    const { code, out, err } = await alysd(...args);
    assert.equal(code, 64, `alysd ${args.join(' ')}`);
    assert.match(err, /^alysd: /);
    assert.match(err, words, `alysd ${args.join(' ')}`);
    assert.equal(out, '');
  }
}

async function write(name, text) {
  await writeFile(join(given.data, name), text);
  return name;
}

async function printsTheEffectiveConfiguration() {
  const file = await write('good.toml', '# mine\ndata_folder = "chain-data"\n[api]\nport = 4000\nidle_timeout = "90s"\n');
  const { code, out, err } = await alysd('config', 'check', file);
  assert.equal(code, 0, err);
  assert.match(out, /^data_folder = "chain-data"$/m);
  assert.match(out, /^port = 4000$/m);
  assert.match(out, /^max_connections = 256$/m, 'defaults are shown too');
  const again = await alysd('config', 'check', await write('effective.toml', out));
  assert.equal(again.code, 0, 'what it prints is a configuration');
  assert.equal(again.out, out);
}

const wrong = `
dev_fault = true
[api]
port = 99999
address = 5
[chain]
slot_duration = "5ms"
fee_recipient = "0x12"
[log]
level = "loud"
`;
// file:line, key, value, what is allowed
const wrongComplaints = [
  'wrong.toml:2: dev_fault = true: unknown key; allowed: data_folder, ',
  'wrong.toml:4: api.port = 99999: must be a whole number from 0 to 65535',
  'wrong.toml:5: api.address = 5: must be a string',
  'wrong.toml:7: chain.slot_duration = "5ms": must be from 100ms to 3600000ms',
  'wrong.toml:8: chain.fee_recipient = "0x12": must be an address, 0x and 40 hexadecimal digits: expected 20 bytes, got 1',
  'wrong.toml:10: log.level = "loud": "loud" is not one of: debug, info, warning, error',
];

// Right words and types, and values out of range. Those of a whole are looked at when its parts are right.
const ranges = `
[api]
max_connections = 0
max_body_bytes = 1000
idle_timeout = "2h"
request_timeout = "0s"
[storage]
keep_states = 63
`;
const rangeComplaints = [
  'ranges.toml:3: api.max_connections = 0: must be from 1 to 100000',
  'ranges.toml:4: api.max_body_bytes = 1000: must be from 1024 to 1073741824',
  'ranges.toml:5: api.idle_timeout = "2h": must be from 100ms to 3600000ms',
  'ranges.toml:6: api.request_timeout = "0s": must be from 100ms to 600000ms',
  'ranges.toml:8: storage.keep_states = 63: must be 0, which keeps all, or at least 64',
];
const outer = 'data_folder = ""\nhealth_period = "1ms"\nshutdown_within = "11m"\n';
const outerComplaints = [
  'outer.toml:1: data_folder = "": must not be empty',
  'outer.toml:2: health_period = "1ms": must be from 100ms to 86400000ms',
  'outer.toml:3: shutdown_within = "11m": must be from 100ms to 600000ms',
];
const engine = '[engine]\nkind = "geth"\nhost = "example.org"\nengine_port = 8545\nsecret = "x"\nread_timeout = "1ms"\n';
const engineComplaints = [
  'engine.program: must be the file of geth',
  'engine.toml:3: engine.host = "example.org": must be left out: it is for "external"',
  'engine.toml:5: engine.secret = "x": must be left out: it is for "external"',
  'engine.rpc_port: must be another port than engine_port',
  'engine.toml:6: engine.read_timeout = "1ms": must be from 100ms to 60000ms',
];
const files = [['engine.toml', engine, engineComplaints], ['wrong.toml', wrong, wrongComplaints], ['ranges.toml', ranges, rangeComplaints], ['outer.toml', outer, outerComplaints]];

async function refusesWrongConfigurations() {
  for (const [name, text, complaints] of files) {
    await write(name, text);
    for (const args of [['config', 'check', name], ['run', '--config', name]]) {
      const { code, out, err } = await alysd(...args);
      assert.equal(code, 78);
      for (const complaint of complaints) assert(err.includes(complaint), `${complaint}\nis not in\n${err}`);
      assert.equal(out, '');
    }
  }
}

async function refusesWhatIsNoConfiguration() {
  await write('broken.toml', 'data_folder = "x"\nport = = 3\n');
  for (const [file, words] of [['broken.toml', /broken\.toml:2: /], ['missing.toml', /missing\.toml: .*No such file/], ['.', /\.: /]]) {
    for (const args of [['config', 'check', file], ['run', '--config', file]]) {
      const { code, err } = await alysd(...args);
      assert.equal(code, 78, `alysd ${args.join(' ')}`);
      assert.match(err, words);
    }
  }
}

// What only a look at the files shows.
async function refusesEnginesThatCannotRun() {
  const exposed = join(given.data, 'exposed.hex');
  await writeFile(exposed, '7'.repeat(64), { mode: 0o644 });
  await write('zeros.hex', '0'.repeat(64));
  await chmod(join(given.data, 'zeros.hex'), 0o600);
  const external = (secret) => `kind = "external"\nsecret = "${secret}"`;
  const cases = [
    ['kind = "geth"\nprogram = "/nowhere/geth"', /engine\.program = "\/nowhere\/geth": there is no such file/],
    [external('/nowhere/jwt.hex'), /\/nowhere\/jwt\.hex cannot be opened/],
    [external(exposed), /exposed\.hex .*chmod 600|exposed\.hex.*others/],
    [external(join(given.data, 'zeros.hex')), /zeros\.hex holds a secret of zeros/],
  ];
  for (const [text, words] of cases) {
    await write('client.toml', `data_folder = "unused"\n[api]\nport = 0\n[engine]\n${text}\n`);
    for (const args of [['config', 'check', 'client.toml'], ['run', '--config', 'client.toml']]) {
      const { code, err } = await alysd(...args);
      assert.equal(code, 78, `${text}\n${err}`);
      assert.match(err, words);
    }
  }
}

async function refusesAddressesThatItCannotHave() {
  await write('name.toml', 'data_folder = "unused"\n[api]\naddress = "localhost"\n');
  const named = await alysd('run', '--config', 'name.toml');
  assert.equal(named.code, 78);
  assert.match(named.err, /'localhost' is no numeric IP address/);
  await write('foreign.toml', 'data_folder = "unused"\n[api]\naddress = "192.0.2.1"\n'); // for documentation only (RFC 5737)
  const foreign = await alysd('run', '--config', 'foreign.toml');
  assert.equal(foreign.code, 69);
  assert.match(foreign.err, /cannot listen on 192\.0\.2\.1:3000/);
}

async function treeNeedsANode() {
  const { code, err } = await alysd('tree', '--url', 'http://127.0.0.1:1');
  assert.equal(code, 69);
  assert.match(err, /http:\/\/127\.0\.0\.1:1: .*nobody listens there/);
}

// Whatever a server answers that is no node of ours.
async function treeDoubtsStrangers() {
  const answers = ['', 'hello', '[]', '5', '{}', '{"result":null}', '{"result":{}}', '{"result":{"path":"/root","state":5}}',
    '{"result":{"path":"/root","state":"running","incarnation":1,"uptime_ms":1,"restarts":0,"health":{"state":"healthy","why":""},"failures":[],"children":[5]}}'];
  let answer;
  const server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  for (answer of answers) {
    const { code, out, err } = await alysd('tree', '--url', url);
    assert.equal(code, 69, answer);
    assert(err.startsWith(`alysd: ${url}: this is no Alys node: ${answer}`), `${answer}: ${err}`);
    assert.equal(out, '');
  }
  answer = '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method here"}}';
  const { code, err } = await alysd('tree', '--url', url);
  assert.equal(code, 69);
  assert.equal(err, `alysd: ${url}: the node refuses: no such method here\n`);
  server.close();
}

await main(async () => {
  await step('the program and each command explain themselves', helps);
  await step('the program and each command tell the version', tellsItsVersion);
  await step('a wrong command line ends with 64 and names what is wrong', refusesMistakes);
  await step('config check prints the effective configuration', printsTheEffectiveConfiguration);
  await step('a wrong configuration ends with 78 and names file, line, key, value and what is allowed', refusesWrongConfigurations);
  await step('a file that is no configuration ends with 78', refusesWhatIsNoConfiguration);
  await step('an execution client that cannot be run or trusted ends with 78', refusesEnginesThatCannotRun);
  await step('an address that cannot be had is named', refusesAddressesThatItCannotHave);
  await step('tree without a node ends with 69', treeNeedsANode);
  await step('tree takes nothing else for a node', treeDoubtsStrangers);
});
