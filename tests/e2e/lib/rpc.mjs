// SPDX-License-Identifier: Apache-2.0
//
// JSON-RPC without a library between the test and the node.

// The error of a call that the node answered.
export class RpcError extends Error {
  constructor(method, { code, message, data }) {
    super(`${method}: ${message}`);
    Object.assign(this, { code, data, said: message });
  }
}

let lastId = 0;

// The result of one call. Throws RpcError for an error of the node, anything else where there was no answer.
export async function call(url, method, params = [], deadline = 10_000) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params }),
    signal: AbortSignal.timeout(deadline),
  });
  if (!response.ok) throw new Error(`${method}: HTTP ${response.status}`);
  const answer = await response.json();
  if (answer.error) throw new RpcError(method, answer.error);
  return answer.result;
}
