// SPDX-License-Identifier: Apache-2.0
//
// Chaos in a node that runs: refused without its flag; with it, faults from a seed, restarts in the tree, and blocks that go on; then an end to
// it, and a node that is well.
//
//   node chaos.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const engine = '/root/chain/engine';
const database = '/root/storage/chain_database';
// From this seed the engine fails on its messages 45, 53 and 60, and then on none before the 1500th.
const seed = 148398;
const rules = [
  { paths: engine, fails: 0.003 },
  { paths: database, delays: 0.5, delay_for: '5ms' },
];

const slot = (report, path) => report.slots.find((s) => s.path === path);
const height = async (node) => Number(await call(node.url, 'eth_blockNumber'));
const refused = (node, method, params, code, message) => assert.rejects(call(node.url, method, params), { code, message });

async function refusedWithoutTheFlag() {
  const node = new Alysd(given.alysd, join(given.data, 'plain'), ['--slot-ms', '100']);
  await node.start();
  try {
    for (const [method, params] of [['injectchaos', [1]], ['getchaos', []], ['stopchaos', []]])
      await refused(node, method, params, -32601, new RegExp(`${method} exists only on a node started with --dev-faults`));
  } finally {
    assert.equal(await node.stop(), 0);
  }
}

async function refusesWhatCannotBe(node) {
  await refused(node, 'injectchaos', [1], -32602, /rules must name at least one/); // and none are configured
  await refused(node, 'injectchaos', [1, [{ paths: engine, fails: 2 }]], -32602, /rules\[0\]\.fails must be from 0 to 1/);
  await refused(node, 'injectchaos', [1, [{ paths: engine, fials: 1 }]], -32602, /rules\[0\]: has a member that is none of: paths, message, throws/);
  await refused(node, 'injectchaos', [1, [{ paths: engine, delay_for: 5 }]], -32602, /rules\[0\]\.delay_for: must be a duration/);
  await refused(node, 'injectchaos', [1, [{ paths: '/root/nobody' }]], -32602, /no actor at \/root\/nobody/);
  const report = await call(node.url, 'getchaos');
  assert.equal(report.on, false);
  assert(slot(report, engine) && slot(report, '/root/api/http'), 'it reaches the whole tree');
  assert(report.slots.every((s) => s.injected.messages === 0));
}

async function faultsAndBlocks(node) {
  const before = await height(node);
  assert.equal((await call(node.url, 'injectchaos', [seed, rules])).on, true);
  const report = await eventually('three failures of the engine, and as many restarts', async () => {
    await call(node.url, 'getblockbyheight', [1]); // which the database answers, late or not
    const now = await call(node.url, 'getchaos');
    return slot(now, engine).injected.failed === 3 && slot(now, engine).did.restarts >= 3 && slot(now, database).injected.delayed > 0 && now;
  });
  assert.equal(report.seed, seed);
  assert(slot(report, engine).did.failed >= 3);
  assert(report.tree.restarts >= 3);
  const meanwhile = await height(node);
  assert(meanwhile > before, 'blocks were made meanwhile');
  await eventually('blocks go on', async () => (await height(node)) >= meanwhile + 3);
}

async function anEndToIt(node) {
  const report = await call(node.url, 'stopchaos');
  assert.equal(report.on, false);
  const met = slot(report, engine).injected.messages;
  const head = await height(node);
  await eventually('blocks go on', async () => (await height(node)) >= head + 3);
  await eventually('the node is ready', async () => (await fetch(`${node.url}/readyz`)).ok);
  const tree = await call(node.url, 'getactortree');
  const walk = (s) => [s, ...s.children.flatMap(walk)];
  assert(walk(tree).every((s) => s.state === 'running' && s.health.state === 'healthy'), JSON.stringify(tree));
  assert(slot(await call(node.url, 'getchaos'), engine).injected.messages <= met + 1); // one may have been on its way to its handler
}

async function beginsAnew(node) {
  assert.equal((await call(node.url, 'injectchaos', [7, [{ paths: engine }]])).seed, 7);
  const report = await eventually('the engine meets it', async () => {
    const now = await call(node.url, 'getchaos');
    return slot(now, engine).injected.messages > 0 && now;
  });
  assert.equal(slot(report, engine).injected.failed, 0);
  await call(node.url, 'stopchaos');
}

async function fromAConfiguration() {
  const file = join(given.data, 'node.toml');
  const write = (faults, path, level) =>
    writeFile(file, `data_folder = "${join(given.data, 'configured')}"\ndev_faults = ${faults}\n[api]\nport = 0\n[log]\nlevel = "${level}"\n
[chain]\nslot_duration = "100ms"\n[chaos]\nseed = 5\n[[chaos.rules]]\npaths = "${path}"\ndelays = 0.5\ndelay_for = "5ms"\n`);
  const check = () => promisify(execFile)(given.alysd, ['config', 'check', file]);
  await write(false, engine, 'warning');
  await assert.rejects(check(), { code: 78, stderr: /chaos\.rules.*needs dev_faults = true/ });
  class Configured extends Alysd {
    command() {
      return [this.binary, ['run', '--config', file]];
    }
  }
  const node = new Configured(given.alysd, join(given.data, 'configured'));
  await write(true, '/root/nobody', 'warning');
  await assert.rejects(node.start(), /chaos\.rules: .*\/root\/nobody/);
  assert.equal(node.ended.code, 78);

  await write(true, engine, 'warning');
  await node.start();
  const late = async (more) => eventually('messages are late', async () => slot(await call(node.url, 'getchaos'), engine).injected.delayed > more);
  await late(0);
  await write(true, engine, 'info');
  node.process.kill('SIGHUP');
  await eventually('a new configuration', async () => (await call(node.url, 'getreloads')).last.outcome === 'applied');
  await late(slot(await call(node.url, 'getchaos'), engine).injected.delayed);
  assert.equal(await node.stop(), 0);
  const last = node.output.join('\n');
  assert.match(last, /chaos, seed 5\n/);
  assert.match(last, /\/root\/chain\/engine: \d+ messages, 0 thrown, 0 failed, 0 replies lost, 0 slowed, \d+ delayed; \d+ restarts/);
}

const node = new Alysd(given.alysd, join(given.data, 'dev'), ['--slot-ms', '100', '--dev-faults']);
await main(async () => {
  await mkdir(given.data, { recursive: true });
  await step('a node without --dev-faults refuses it and says why', refusedWithoutTheFlag);
  await node.start();
  await step('what cannot be is refused, and nothing is injected', () => refusesWhatCannotBe(node));
  await step('faults from a seed, restarts, and blocks that go on', () => faultsAndBlocks(node));
  await step('an end to it, and a node that is well', () => anEndToIt(node));
  await step('it begins anew from another seed', () => beginsAnew(node));
  assert.equal(await node.stop(), 0);
  assert(node.output.some((line) => line.startsWith('the tree: ')), 'what it did is printed at the end');
  await step('from a configuration, through a reload', fromAConfiguration);
}, () => node.process?.kill('SIGKILL'));
