// SPDX-License-Identifier: Apache-2.0
//
// One account that sends transactions in a row, whatever happens to the node: what the node has not answered is sent again, the same bytes. So each
// of them must come to be in exactly one block.
import assert from 'node:assert/strict';

import { Transaction } from 'ethers';

import { eventually, pause } from '../lib/check.mjs';
import { wholeChain } from '../lib/load.mjs';
import { RpcError, call } from '../lib/rpc.mjs';

const gwei = 10n ** 9n;

export class Sender {
  // `url`: a function, as the node may move. `request`: of a nonce, what ethers signs besides fees.
  constructor(url, wallet, request, nonce = 0) {
    Object.assign(this, { url, wallet, request, nonce, first: nonce });
    this.accepted = []; // { nonce, hash }
    this.stopped = true;
    this.sending = Promise.resolve();
  }

  start() {
    this.stopped = false;
    this.sending = this.#pump();
  }

  async stop() {
    this.stopped = true;
    await this.sending;
  }

  async #pump() {
    const chainId = BigInt(await call(this.url(), 'eth_chainId'));
    while (!this.stopped) {
      const nonce = this.nonce;
      const raw = await this.wallet.signTransaction({ type: 2, chainId, nonce, maxFeePerGas: 100n * gwei, maxPriorityFeePerGas: gwei, ...this.request(nonce) });
      const hash = Transaction.from(raw).hash;
      for (let taken = false; !taken; ) {
        try {
          taken = (await call(this.url(), 'eth_sendRawTransaction', [raw])) === hash;
        } catch (e) {
          taken = e instanceof RpcError && /already known|nonce too low/i.test(e.said);
          if (!taken) await pause(100);
        }
      }
      this.accepted.push({ nonce, hash });
      ++this.nonce;
      await pause(150);
    }
  }

  // Once it has stopped: everything that was accepted is in one block, and nothing of this account twice.
  async nothingIsLost() {
    const included = async () => Number(await call(this.url(), 'eth_getTransactionCount', [this.wallet.address, 'latest']));
    await eventually('all that was sent is in blocks', async () => (await included()) === this.nonce, 60_000);
    const blocks = await wholeChain(this.url());
    const own = blocks.flatMap((block) => block.transactions).filter(({ from, nonce }) => from === this.wallet.address.toLowerCase() && Number(nonce) >= this.first);
    assert.deepEqual(own.map(({ hash }) => hash), this.accepted.map(({ hash }) => hash));
  }
}
