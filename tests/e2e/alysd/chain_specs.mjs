// SPDX-License-Identifier: Apache-2.0
//
// Chain specs and authority keys as an operator meets them: a new chain from nothing, wrong keys and specs, and the JSON of the earlier
// implementation.
//
//   node chain_specs.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const alysd = (...args) => run(given.alysd, args, { cwd: given.data });
const at = (...names) => join(given.data, ...names);
const recipient = `0x${'1'.repeat(40)}`;

const folder = at('node');
const [spec, key, config] = ['spec.toml', 'authority.key', 'alysd.toml'].map((name) => join(folder, name));

class Configured extends Alysd {
  constructor(file) {
    super(given.alysd, folder);
    this.file = file;
  }
  command() {
    return [this.binary, ['run', '--config', this.file]];
  }
}
let node;

// A configuration beside the one that `init` made, with some lines of it replaced.
async function configured(name, changes) {
  let text = await readFile(config, 'utf8');
  for (const [before, after] of changes) {
    assert.match(text, before);
    text = text.replace(before, after);
  }
  await writeFile(at(name), `${text}[api]\nport = 0\n`);
  return at(name);
}

async function begins() {
  const made = await alysd('init', folder, '--chain-id', '4711', '--fee-recipient', recipient);
  assert.equal(made.code, 0, made.err);
  const mode = async (path) => (await stat(path)).mode & 0o777;
  assert.deepEqual([await mode(folder), await mode(key)], [0o700, 0o600]);

  const checked = await alysd('config', 'check', config);
  assert.equal(checked.code, 0, checked.err);
  assert.match(checked.out, new RegExp(`^spec = "${spec}"$`, 'm'));
  const effective = await alysd('config', 'check', '--spec', spec);
  assert.equal(effective.code, 0, effective.err);
  assert.match(effective.out, /^# commitment 0x[0-9a-f]{64}$/m);
  assert.match(effective.out, /^chain_id = 4711$/m);
  assert(effective.out.endsWith(await readFile(spec, 'utf8')), 'the file is what the program would write');
  const lines = effective.out.split('\n');
  lines.forEach((line, i) => assert(!/^[a-z_]+ = |^\[/.test(line) || lines[i - 1].startsWith('# ') || /^\[(bitcoin|proof_of_work)\]$/.test(line), `${line} has no comment`));
}

async function runs() {
  await writeFile(spec, (await readFile(spec, 'utf8')).replace('slot_duration = "2s"', 'slot_duration = "100ms"').replace('accounts = []', `[[accounts]]\naddress = "${recipient}"\nbalance = "1000"`));
  node = new Configured(await configured('good.toml', []));
  await node.start();
  await eventually('blocks', () => node.blocks.size >= 3);
  const status = await call(node.url, 'getnodestatus');
  assert.deepEqual([status.chain_id, status.authority], [4711, 0]);
  assert.equal(BigInt(await call(node.url, 'eth_chainId')), 4711n);
  assert.equal(await call(node.url, 'eth_getBalance', [recipient, 'latest']), '0x3e8');
  assert.equal((await call(node.url, 'eth_getBlockByNumber', ['latest', false])).miner, recipient);
  assert(!node.output.some((line) => /known to everybody/.test(line)), 'no word of the development account');
  assert.equal(await node.stop(), 0);
  const before = Math.max(...node.blocks.keys());
  await node.start();
  await eventually('more blocks', () => Math.max(...node.blocks.keys()) > before);
  assert.equal(await node.stop(), 0);
}

async function follows() {
  node = new Configured(await configured('follower.toml', [[/^authority_key = .*$/m, 'authority_key = ""'], [/^data_folder = .*$/m, `data_folder = "${at('follower')}"`]]));
  await node.start();
  const status = await call(node.url, 'getnodestatus');
  assert.equal(status.authority, null);
  assert(node.output.some((line) => /no authority: it follows/.test(line)));
  assert.equal(Number(await call(node.url, 'eth_blockNumber')), 0);
  assert.equal(await node.stop(), 0);
}

// Neither a start nor a check takes it.
async function refused(file, words, commands = ['run', 'check']) {
  for (const command of commands) {
    const { code, out, err } = command === 'run' ? await alysd('run', '--config', file) : await alysd('config', 'check', file);
    assert.equal(code, 78, `${command}: ${err}`);
    assert.match(err, words);
    assert.equal(out, '');
  }
}

async function refusesWrongKeys() {
  const made = await alysd('keygen', at('other.key'));
  assert.equal(made.code, 0, made.err);
  const stranger = made.out.trim();
  await refused(await configured('stranger.toml', [[/^authority_key = .*$/m, 'authority_key = "other.key"']]), new RegExp(`^alysd: other\\.key holds the key of ${stranger}, which is none of the authorities in ${spec}\\. `));
  await chmod(at('other.key'), 0o644);
  await refused(at('stranger.toml'), /^alysd: other\.key has mode 0644; make it 0600/);
  await writeFile(at('bad.key'), 'secret', { mode: 0o600 });
  await refused(await configured('bad.toml', [[/^authority_key = .*$/m, 'authority_key = "bad.key"']]), /^alysd: bad\.key does not hold 64 hexadecimal digits$/m);
  await refused(await configured('absent.toml', [[/^authority_key = .*$/m, 'authority_key = "absent.key"']]), /^alysd: absent\.key cannot be opened: No such file/);
  assert.match((await alysd('keygen', at('other.key'))).err, /other\.key exists already/);
}

async function refusesOtherSpecs() {
  const text = await readFile(spec, 'utf8');
  await writeFile(at('other.toml'), text.replace('gas_limit = 30000000', 'gas_limit = 20000000'));
  const file = await configured('other-spec.toml', [[/^spec = .*$/m, 'spec = "other.toml"']]);
  assert.equal((await alysd('config', 'check', file)).code, 0);
  await refused(file, /the data folder holds another chain than the chain spec describes: gas limit 30000000 there, 20000000 here\. /, ['run']);
  const wrong = text.replace('chain_id = 4711', 'chain_id = 0').replace(/^max_drift.*$/m, 'max_drft = "1s"');
  await writeFile(at('wrong.toml'), wrong);
  const line = (begin) => wrong.split('\n').findIndex((each) => each.startsWith(begin)) + 1;
  await refused(await configured('wrong-spec.toml', [[/^spec = .*$/m, 'spec = "wrong.toml"']]), new RegExp(`^alysd: wrong\\.toml:1: max_drift: is missing; it must be a duration.*\\nwrong\\.toml:${line('max_drft')}: max_drft = "1s": unknown key; allowed: chain_id, `));
  await writeFile(at('wrong.toml'), text.replace('chain_id = 4711', 'chain_id = 0'));
  const checked = await alysd('config', 'check', '--spec', 'wrong.toml');
  assert.deepEqual([checked.code, checked.err], [78, `alysd: wrong.toml:${line('chain_id')}: chain_id = 0: must be from 1 to 9223372036854775771\n`]);
}

async function refusesContradictions() {
  await writeFile(at('both.toml'), `[chain]\nspec = "${spec}"\nslot_duration = "1s"\n`);
  await refused(at('both.toml'), /both\.toml:3: chain\.slot_duration = "1s": must be left out: it stands in the chain spec/);
  await writeFile(at('key.toml'), `[chain]\nauthority_key = "${key}"\nfee_recipient = "${recipient}"\n`);
  await refused(at('key.toml'), /key\.toml:2: chain\.authority_key = .*: must be empty without a chain spec/);
  await writeFile(at('fees.toml'), `[chain]\nspec = "${spec}"\nauthority_key = "${key}"\n`);
  await refused(at('fees.toml'), /fees\.toml:1: chain\.fee_recipient: must be an address of your own: everybody knows the key of 0xf39f/);
}

async function initTouchesNothing() {
  const args = (where, more = ['--chain-id', '1', '--fee-recipient', recipient]) => ['init', where, ...more];
  const again = await alysd(...args(folder));
  assert.deepEqual([again.code, again.err], [78, `alysd: ${folder}: must be a new or an empty folder\n`]);
  assert.equal((await alysd(...args(at('nowhere'), ['--chain-id', '1', '--fee-recipient', '0x12']))).code, 64);
  assert.equal((await alysd(...args(at('nowhere'), ['--chain-id', '0', '--fee-recipient', recipient]))).code, 64);
  await assert.rejects(stat(at('nowhere')));
  await mkdir(at('empty'));
  assert.equal((await alysd(...args(at('empty')))).code, 0);
}

const shapes = {
  'dev.json': { n: 1, chainId: 121212, slotDuration: 4000, bits: 505794034, limits: [553713663, 439495319, 60, 5, false], without: 50000, start: 95800 },
  'chain.json': { n: 3, chainId: 727272, slotDuration: 5000, bits: 486604799, limits: [553713663, 439495319, 60, 5, false], without: 50000, start: 0 },
  'chain-full.json': { n: 3, chainId: 727272, slotDuration: 5000, bits: 486604799, limits: [553713663, 486604799, 60, 5, false], without: 500000000000, start: 0 },
  'chain-dev.json': { n: 1, chainId: 727272, slotDuration: 5000, bits: 505794034, limits: [505794034, 439495319, 12000, 1000, true], without: 20, start: 0 },
};

async function imports() {
  const keys = [];
  for (let i = 0; i < 3; ++i) keys.push((await alysd('keygen', at(`${i}.key`))).out.trim());
  const list = (n, each) => Array.from({ length: n }, (_, i) => each(i));
  for (const [name, { n, chainId, slotDuration, bits, limits, without, start }] of Object.entries(shapes)) {
    const [powLimit, powLowerLimit, powTargetTimespan, powTargetSpacing, powNoRetargeting] = limits;
    const json = {
      slotDuration, authorities: list(n, (i) => `0x${'ab'.repeat(47)}0${i}`), federation: list(n, (i) => `0x${'cd'.repeat(19)}0${i}`),
      federationBitcoinPubkeys: list(n, (i) => `02${keys[i].slice(2)}`), bits, chainId, maxBlocksWithoutPow: without, bitcoinStartHeight: start,
      retargetParams: { powLimit, powLowerLimit, powTargetTimespan, powTargetSpacing, powNoRetargeting, maxPowAdjustment: 20 },
      isValidator: true, executionTimeoutLength: 3, requiredBtcTxnConfirmations: 144,
    };
    await writeFile(at(name), JSON.stringify(json, null, 2));
    const bare = await alysd('config', 'import', name);
    assert.equal(bare.code, 78);
    assert.match(bare.err, /BLS keys of 48 bytes.*BIP-340.*\nalysd: `alysd config import .* --form` prints a file to fill in/);
    const form = await alysd('config', 'import', name, '--form');
    assert.equal(form.code, 0, form.err);
    let i = 0;
    await writeFile(at('additions.toml'), form.out.replace('# genesis_time', 'genesis_time').replace(/# key = "0x\.\.\."/g, () => `key = "${keys[i++]}"`));
    const made = await alysd('config', 'import', name, '--with', 'additions.toml');
    assert.equal(made.code, 0, made.err);
    assert.match(made.err, new RegExp(`^alysd: ${name}:\\d+: isValidator = true: is a setting of a node`));
    await writeFile(at('imported.toml'), made.out);
    const checked = await alysd('config', 'check', '--spec', 'imported.toml');
    assert.equal(checked.code, 0, checked.err);
    assert.equal(checked.out, made.out);
    for (const line of [`chain_id = ${chainId}`, `max_blocks_without = ${without}`, `bits = "0x${bits.toString(16).padStart(8, '0')}"`, 'required_confirmations = 144'])
      assert(made.out.includes(`\n${line}\n`), line);
    assert(made.out.includes(`authorities = [${list(n, (j) => `"${keys[j]}"`).join(', ')}]`));

    delete json.chainId;
    await writeFile(at(name), JSON.stringify(json, null, 2));
    const lacking = await alysd('config', 'import', name, '--with', 'additions.toml');
    assert.deepEqual([lacking.code, lacking.err], [78, `alysd: ${name}:1: chainId: is missing; it must be a whole number from 0 to 18446744073709551615\n`]);
  }
}

await main(async () => {
  await step('init makes a folder that passes the checks', begins);
  await step('a node runs by a spec with a key from a file, and again', runs);
  await step('a node without a key follows', follows);
  await step('a key that is none of the authorities, or no key, or open to others ends with 78', refusesWrongKeys);
  await step('another spec on an old folder, and a wrong one, end with 78', refusesOtherSpecs);
  await step('a configuration that contradicts its spec ends with 78', refusesContradictions);
  await step('init and keygen touch nothing that exists', initTouchesNothing);
  await step('the four shapes of JSON of the earlier implementation become specs', imports);
}, async (status) => {
  if (status !== 0 && node) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node?.process && node.ended === undefined) await node.kill();
});
