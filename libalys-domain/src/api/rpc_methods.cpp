// SPDX-License-Identifier: Apache-2.0
//
// The table of JSON-RPC methods, and what becomes of errors.
#include <alys/domain/api/rpc_methods.hpp>

#include "rpc_decode.hpp"

#include <alys/domain/engine/engine_error.hpp>
#include <alys/domain/storage/backup.hpp>

#include <algorithm>
#include <array>

namespace alys::domain {

namespace {

using account_form = account_query::form;
using block_form = block_query::form;
using fee_form = fee_query::form;
using status_form = status_query::form;
using transaction_form = transaction_query::form;

constexpr std::array methods{
    // Alys
    rpc_method{"getheadblock", "none", "Alys block", "The block that the node builds upon.", decode::head_block},
    rpc_method{"getblockbyheight", "height", "Alys block or null",
               "The height is a number or a quantity, alone or as the one element of a list: `7`, `[7]`, `\"0x7\"`, `[\"0x7\"]`.",
               decode::block_by_height},
    rpc_method{"getblockbyhash", "block id", "Alys block or null",
               "The id is 64 hexadecimal digits, with or without `0x`, alone or as the one element of a list.", decode::block_by_id},
    rpc_method{"getnodestatus", "none", "node status", "", decode::status<status_form::node_status>},
    rpc_method{"getactortree", "none", "tree of actors",
               "States, incarnations, uptimes, restarts, queues and last failures of every actor: what `alysd tree` shows.", decode::tree},
    rpc_method{"getaskedges", "none", "list of pairs of paths",
               "Who may ask whom, the asker first: a graph without rings. What `alysd tree --asks` shows.", decode::ask_edges},
    rpc_method{"reloadconfig", "none", "true",
               "Asks the node to read its configuration file again, as SIGHUP does, and does not wait for it.", decode::reload},
    rpc_method{"getreloads", "none", "object with version, file, pending, last",
               "The version of the configuration in effect, and the outcome, cause and problems of the last reload.", decode::reloads},
    rpc_method{
        "createbackup", "name or none", "object with folder, head, bytes",
        "Copies the store while the node goes on, and checks the copy: a folder of this name, or one of the time, below `storage.backups`, "
        "which must be configured. One at a time. One that takes longer than `api.request_timeout` goes on: its folder has its name when "
        "it is whole.",
        decode::create_backup},
    rpc_method{
        "injectfault", "path, `\"throw\"` or `\"fail\"`", "true",
        "Makes the handler of this actor throw, or return a failure, for one message. Exists only on a node started with `--dev-faults`.",
        decode::fault, rpc_access::development},
    rpc_method{"injectchaos", "seed, rules or null", "chaos report",
               "Begins chaos, or begins it anew, from this seed and by these rules or, without, by those of the configuration. "
               "Exists only on a node started with `--dev-faults`.",
               decode::inject_chaos, rpc_access::development},
    rpc_method{"getchaos", "none", "chaos report",
               "What chaos did since it began, and what the tree of actors did. Exists only on a node started with `--dev-faults`.",
               decode::chaos<chaos_query::form::report>, rpc_access::development},
    rpc_method{"stopchaos", "none", "chaos report", "Ends chaos. Exists only on a node started with `--dev-faults`.",
               decode::chaos<chaos_query::form::stop>, rpc_access::development},
    // Chain and node
    rpc_method{"eth_chainId", "none", "quantity", "", decode::status<status_form::chain_id>},
    rpc_method{"eth_blockNumber", "none", "quantity", "", decode::status<status_form::block_number>},
    rpc_method{"eth_syncing", "none", "false, or object with startingBlock, currentBlock, highestBlock", "",
               decode::status<status_form::syncing>},
    rpc_method{"eth_accounts", "none", "empty list", "The node holds no keys of accounts.", decode::accounts},
    rpc_method{"net_version", "none", "chain id as a decimal text", "", decode::status<status_form::network_version>},
    rpc_method{"net_listening", "none", "true", "", decode::listening},
    rpc_method{"net_peerCount", "none", "quantity", "", decode::status<status_form::peer_count>},
    rpc_method{"web3_clientVersion", "none", "text", "", decode::status<status_form::client_version>},
    rpc_method{"web3_sha3", "data", "hash", "Keccak-256.", decode::keccak},
    // Fees
    rpc_method{"eth_gasPrice", "none", "quantity in wei", "Base fee of the next block and the suggested tip.",
               decode::fee<fee_form::gas_price>},
    rpc_method{"eth_maxPriorityFeePerGas", "none", "quantity in wei", "The suggested tip.", decode::fee<fee_form::priority_fee>},
    rpc_method{"eth_feeHistory", "count, newest block, percentiles or null", "object with oldestBlock, baseFeePerGas, gasUsedRatio, reward",
               "At most 128 blocks; fewer are returned where the chain is shorter.", decode::fee_history},
    // Accounts
    rpc_method{"eth_getBalance", "address, block", "quantity in wei", "", decode::account<account_form::balance>},
    rpc_method{"eth_getTransactionCount", "address, block", "quantity", "At `pending`: the next nonce after those of the pool.",
               decode::account<account_form::transaction_count>},
    rpc_method{"eth_getCode", "address, block", "data", "`0x` for an account without code; the embedded ledger has no others.",
               decode::get_code},
    rpc_method{"eth_getStorageAt", "address, key, block", "32 bytes", "Zeros where nothing is kept; the embedded ledger keeps nothing.",
               decode::get_storage_at},
    rpc_method{"eth_call", "call, block", "data",
               "What the call returns; one that is reverted is an error of code 3 with its data. The block is `latest` unless given.",
               decode::call},
    rpc_method{"eth_estimateGas", "call, block", "quantity", "Estimated on the head, whichever block is given; it may be left out.",
               decode::estimate_gas},
    // Blocks
    rpc_method{"eth_getBlockByNumber", "block number, flag", "block or null",
               "The flag asks for whole transactions in place of their hashes.", decode::get_block_by_number},
    rpc_method{"eth_getBlockByHash", "hash, flag", "block or null", "", decode::get_block_by_hash},
    rpc_method{"eth_getBlockReceipts", "block", "list of receipts, or null", "", decode::get_block_receipts},
    rpc_method{"eth_getBlockTransactionCountByNumber", "block number", "quantity or null", "",
               decode::block_by_number<block_form::transaction_count>},
    rpc_method{"eth_getBlockTransactionCountByHash", "hash", "quantity or null", "", decode::block_by_hash<block_form::transaction_count>},
    rpc_method{"eth_getUncleCountByBlockNumber", "block number", "`0x0` or null", "", decode::block_by_number<block_form::uncle_count>},
    rpc_method{"eth_getUncleCountByBlockHash", "hash", "`0x0` or null", "", decode::block_by_hash<block_form::uncle_count>},
    rpc_method{"eth_getUncleByBlockNumberAndIndex", "block number, index", "null", "", decode::place_by_number<block_form::uncle>},
    rpc_method{"eth_getUncleByBlockHashAndIndex", "hash, index", "null", "", decode::place_by_hash<block_form::uncle>},
    // Transactions
    rpc_method{"eth_sendRawTransaction", "data", "hash", "Signed: a legacy transaction with a chain id (EIP-155), or one of EIP-1559.",
               decode::send_raw_transaction},
    rpc_method{"eth_getTransactionByHash", "hash", "transaction or null", "Also one that waits in the pool; its blockHash is null.",
               decode::transaction<transaction_form::transaction>},
    rpc_method{"eth_getRawTransactionByHash", "hash", "data", "`0x` for one that nobody has.", decode::transaction<transaction_form::raw>},
    rpc_method{"eth_getTransactionReceipt", "hash", "receipt or null", "Once the block that holds it is durable.",
               decode::transaction<transaction_form::receipt>},
    rpc_method{"eth_getTransactionByBlockNumberAndIndex", "block number, index", "transaction or null", "",
               decode::place_by_number<block_form::transaction_at>},
    rpc_method{"eth_getTransactionByBlockHashAndIndex", "hash, index", "transaction or null", "",
               decode::place_by_hash<block_form::transaction_at>},
    rpc_method{"eth_getLogs", "filter", "list of logs",
               "Of at most 10 000 blocks and 20 MB; `latest` where the filter has no block. The embedded ledger makes none.",
               decode::get_logs},
};

bool is_from(const alys::error& error, const alys::code& code_of_enum) { return error.code().domain() == code_of_enum.domain(); }

} // namespace

std::span<const rpc_method> rpc_methods() noexcept { return methods; }

alys::result<rpc_query> decode_call(const rpc_call& call, rpc_access access) {
  const auto method = std::ranges::find(methods, call.method, &rpc_method::name);
  if (method == methods.end()) return alys::refuse(rpc_refusal::no_such_method, call.method);
  if (method->access == rpc_access::development && access != rpc_access::development)
    return alys::refuse(rpc_refusal::development_only, call.method);
  return method->decode(call.params);
}

rpc_error to_rpc_error(const alys::error& error) {
  if (error == rpc_refusal::no_such_method) return rpc_error::no_such_method(error.text());
  if (error == rpc_refusal::development_only)
    return {rpc_code::method_not_found, "the method " + error.text() + " exists only on a node started with --dev-faults"};
  if (error == rpc_refusal::too_many_logs)
    return {rpc_code::too_large, "the logs take more than " + std::to_string(most_log_bytes) + " bytes: " + error.text()};
  if (is_from(error, argument_error::invalid)) return rpc_error::invalid_params(error.text());
  if (error == alys::errc::no_such_path) return rpc_error::invalid_params("no actor at " + error.text());
  if (error == alys::errc::wrong_type) return rpc_error::invalid_params(error.text());
  if (error == backup_refusal::bad_name) return rpc_error::invalid_params(error.text());
  if (error == backup_refusal::goes_on || error == backup_refusal::interrupted) return {rpc_code::unavailable, error.text()};
  if (error == engine_error::reverted) return {rpc_code::reverted, "execution reverted", json_quoted(error.text())};
  if (error == engine_error::unknown_block) return {rpc_code::rejected, "header not found"};
  if (error.refused()) return {rpc_code::rejected, error.text().empty() ? to_string(error.code()) : error.text()};
  if (error.undelivered()) return {rpc_code::unavailable, "the node cannot answer this now"};
  return {rpc_code::internal_error, "internal error"};
}

} // namespace alys::domain
