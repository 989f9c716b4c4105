// SPDX-License-Identifier: Apache-2.0
//
// A node from its start to its end: what the terminal shows, how it stops, who else may not use its folder and port, what `tree` says of it,
// and that it goes on after it was killed.
//
//   node life.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const fast = ['--slot-ms', '100'];
const nodes = []; // all that were started, to leave none behind
const folder = (name) => join(given.data, name);

async function started(node) {
  nodes.push(node);
  await node.start();
  return node;
}
const dev = (name, args = []) => started(new Alysd(given.alysd, folder(name), [...fast, ...args]));
const devToItsEnd = (name, blocks, port = 0) =>
  run(given.alysd, ['dev', '--data', folder(name), '--port', String(port), '--blocks', String(blocks), ...fast]);
const height = async (node) => Number(await call(node.url, 'eth_blockNumber'));
const grows = async (node, blocks = 2) => {
  const before = await height(node);
  await eventually('blocks go on', async () => (await height(node)) >= before + blocks);
};

// The heights of the blocks that were shown.
const shown = (out) => [...out.matchAll(/^block +(\d+) {2}slot \d+ {2}0x[0-9a-f]{12} {2}\d+ tx {2}\d+ gas {2}[0-9.]+ ms {2}own {2}final \d+$/gm)].map((m) => Number(m[1]));

async function showsABannerAndBlocks() {
  const { code, out, err } = await devToItsEnd('blocks', 3);
  assert.equal(code, 0, err);
  const heights = shown(out);
  assert(heights.length >= 3);
  assert.deepEqual(heights, heights.map((_, i) => i + 1));
  const words = [/JSON-RPC +http:\/\/127\.0\.0\.1:\d+ /, /\/healthz, \/readyz, \/metrics/, /chain id +\d+, a slot every 100 ms, authority 0x[0-9a-f]{64}/,
    /data +\/.*blocks$/m, /account +0x[0-9a-f]{40}/, /its key +0x[0-9a-f]{64} .*development only/, /embedded +.*no EVM/, /stop with Ctrl-C/];
  for (const each of words) assert.match(out.slice(0, out.indexOf('block ')), each);
  assert.match(out, /^stopping: the last block of --blocks \.\.\.$/m);
  assert.match(out, /\nstopped in \d+ ms\n$/);
}

async function goesOnWhereItStopped() {
  const { code, out } = await devToItsEnd('blocks', 1);
  assert.equal(code, 0);
  assert(shown(out)[0] > 3);
}

async function stopsOn(signal) {
  const node = await dev(signal);
  const begun = performance.now();
  assert.equal(await node.stop(signal), 0);
  assert(performance.now() - begun < 5_000, 'within 5 s');
  assert(node.output.includes(`stopping: ${signal} ...`));
  assert(node.output.some((line) => /^stopped in \d+ ms$/.test(line)));
}

async function ignoresSighupUnderNohup() {
  const node = new (class extends Alysd {
    command() {
      const [program, args] = super.command();
      return ['nohup', [program, ...args]];
    }
  })(given.alysd, folder('nohup'), fast);
  await started(node);
  node.process.kill('SIGHUP');
  await grows(node, 3);
  assert.equal(await node.stop(), 0);
}

async function outlivesItsReader() {
  const node = await dev('reader');
  node.process.stdout.destroy();
  await grows(node, 4);
  assert.equal(await node.stop(), 0);
}

// Without its standard streams a process gets their numbers for the next files that it opens, which must not be those of the chain.
async function startsWithoutStandardStreams() {
  const args = ['dev', '--data', folder('streams'), '--port', '0', ...fast];
  for (const closed of ['>&-', '2>&-', '<&- >&- 2>&-']) {
    const { code } = await run('sh', ['-c', `exec "$0" "$@" --blocks 2 ${closed}`, given.alysd, ...args]);
    assert.equal(code, 0, closed);
  }
  const { code, out, err } = await devToItsEnd('streams', 1);
  assert.equal(code, 0, err);
  assert(shown(out)[0] > 6, 'the folder holds what the others made');
}

async function refusesASecondProcess() {
  const node = await dev('taken');
  const sameFolder = await devToItsEnd('taken', 1);
  assert.equal(sameFolder.code, 75);
  assert.match(sameFolder.err, /^alysd: .*taken is in use by another process$/m);
  const port = new URL(node.url).port;
  const samePort = await devToItsEnd('other', 1, port);
  assert.equal(samePort.code, 69);
  assert.match(samePort.err, new RegExp(`^alysd: .*cannot listen on 127\\.0\\.0\\.1:${port}: Address already in use$`, 'm'));
  for (const { out, took } of [sameFolder, samePort]) {
    assert.equal(out, '', 'nothing was begun');
    assert(took < 5_000, 'at once');
  }
  await grows(node);
  assert.equal(await node.stop(), 0);
}

async function runsFromAFile() {
  const file = folder('node.toml');
  await writeFile(file, `data_folder = "${folder('configured')}"\n[chain]\nslot_duration = "100ms"\n[api]\nport = 0\n`);
  const node = new (class extends Alysd {
    command() {
      return [this.binary, ['run', '--config', file]];
    }
  })(given.alysd, folder('configured'));
  await started(node);
  await grows(node);
  assert.equal(await node.stop('SIGINT'), 0);
}

async function treeShowsEveryActor() {
  const node = await dev('tree', ['--dev-faults']);
  await call(node.url, 'injectfault', ['/root/chain/engine', 'throw']);
  await eventually('a second life of the engine', async () => /engine +running +incarnation 2/.test((await run(given.alysd, ['tree', '--url', node.url])).out));
  await grows(node);
  const { code, out } = await run(given.alysd, ['tree', '--url', node.url]);
  assert.equal(code, 0);
  for (const supervisor of ['root', 'storage', 'chain', 'api']) assert.match(out, new RegExp(`^ *${supervisor} +running +incarnation 1 +restarts 0 +up \\d+m?\\d*s +healthy`, 'm'));
  for (const actor of ['writer', 'chain_database', 'state_database', 'engine', 'aura', 'chain', 'http']) {
    assert.match(out, new RegExp(`^ +${actor} +running +incarnation \\d+ +restarts \\d+ +up \\d+m?\\d*s +queue \\d+ +handled \\d+ +failed \\d+ `, 'm'));
  }
  assert.match(out, /^ +engine +running +incarnation 2 +restarts 1 .*last failure: /m);
  const asks = await run(given.alysd, ['tree', '--asks', '--url', node.url]);
  assert.match(asks.out, /^\/root\/api\/http -> \/root\/chain\/chain$/m);
  assert.match(asks.out, /^\/root\/chain\/chain -> \/root\/chain\/engine$/m);
  const policies = await run(given.alysd, ['tree', '--policies', '--url', node.url]);
  assert.match(policies.out, /engine .*\n +permanent, restart backoff /);
  const watched = spawn(given.alysd, ['tree', '--watch', '--url', node.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seen = '';
  watched.stdout.on('data', (text) => (seen += text));
  await eventually('a second look with rates', () => /chain +running .* [0-9.]+\/s/.test(seen));
  watched.kill();
  const metrics = await (await fetch(`${node.url}/metrics`)).text();
  for (const stage of ['check', 'execute', 'commit']) assert.match(metrics, new RegExp(`^alys_import_seconds_count{stage="${stage}"} [1-9]`, 'm'));
  for (const calls of ['engine_call_seconds_count{call="new_payload"', 'store_call_seconds_count{call="commit"'])
    assert.match(metrics, new RegExp(`^alys_${calls},outcome="done"} [1-9]`, 'm'));
  const json = await run(given.alysd, ['tree', '--json', '--url', node.url]);
  assert.equal(JSON.parse(json.out).path, '/root');
  assert.equal(await node.stop(), 0);
}

// What no restart mends ends the node in order; the next start goes on.
async function givesUp() {
  const node = await dev('budget', ['--dev-faults']);
  await eventually('the node gives up', async () => {
    await call(node.url, 'injectfault', ['/root/storage/chain_database', 'throw']).catch(() => {});
    return node.ended;
  });
  assert.deepEqual(node.ended, { code: 70, signal: null });
  assert.match(node.complaint, /^alysd: the node gave up: \/root: more restarts than allowed \(at most .*\); last: \/root\/storage: .*a fault was injected: exception$/);
  const { code, out } = await devToItsEnd('budget', 1);
  assert.equal(code, 0);
  assert(shown(out)[0] > Math.max(...node.blocks.keys()));
}

async function goesOnAfterAKill() {
  const node = await dev('killed');
  await grows(node, 3);
  const head = await call(node.url, 'getheadblock');
  await node.kill();
  await node.start();
  assert.equal((await call(node.url, 'getblockbyheight', [head.height])).id, head.id);
  await eventually('new blocks', async () => (await height(node)) > head.height);
  assert.equal(await node.stop(), 0);
}

await main(async () => {
  await step('dev --blocks shows a banner, a line a block, and ends with 0', showsABannerAndBlocks);
  await step('the next start goes on where the last stopped', goesOnWhereItStopped);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) await step(`${signal} stops it in order and within 5 s`, () => stopsOn(signal));
  await step('under nohup SIGHUP does nothing', ignoresSighupUnderNohup);
  await step('it goes on when nobody reads what it prints', outlivesItsReader);
  await step('it starts without standard streams and does no harm', startsWithoutStandardStreams);
  await step('a second process on the folder or the port is refused at once', refusesASecondProcess);
  await step('run takes its settings from a file', runsFromAFile);
  await step('tree shows states, incarnations, restarts and queues', treeShowsEveryActor);
  await step('a node whose actor fails again and again ends with 70', givesUp);
  await step('after kill -9 the chain goes on', goesOnAfterAKill);
}, async (status) => {
  const alive = nodes.filter((node) => node.ended === undefined);
  if (status !== 0) console.error(`the last words of the node:\n${nodes.at(-1)?.output.slice(-20).join('\n')}`);
  for (const node of alive) await node.kill();
});
