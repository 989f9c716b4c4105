// SPDX-License-Identifier: Apache-2.0
//
// eth_getLogs: one block after the other, each from the reader of the store, so that others are answered in between.
#include <alys/domain/api/api_actor.hpp>
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/api/rpc_format.hpp>
#include <alys/domain/api/rpc_methods.hpp>

#include <algorithm>

namespace alys::domain {

namespace {

// Heights of a range, on the chain of this head. The last one may lie beyond it.
struct heights {
  block_height first;
  block_height last;
};

[[nodiscard]] block_height height_of(const rpc_block& block, const chain_head& head) {
  if (const auto* height = std::get_if<block_height>(&block)) return *height;
  switch (std::get<block_tag>(block)) {
    case block_tag::earliest: return block_height{0};
    case block_tag::safe:
    case block_tag::finalized: return head.last_final.height;
    case block_tag::latest:
    case block_tag::pending: break;
  }
  return head.head.height;
}

[[nodiscard]] result<heights> heights_of(const block_range& range, const chain_head& head) {
  const heights all{height_of(range.first, head), height_of(range.last, head)};
  if (all.first > all.last) return refuse(argument_error::invalid, "invalid block range params");
  if (all.last - all.first >= most_log_blocks)
    return refuse(argument_error::invalid, "exceed maximum block range: " + std::to_string(most_log_blocks));
  return all;
}

// What a log takes in the answer: its data and topics in hexadecimal, and what is there for each.
[[nodiscard]] std::size_t text_bytes(const found_log& found) { return 2 * found.log.data.size() + 70 * found.log.topics.size() + 400; }

} // namespace

struct api_actor::log_search {
  log_query query;
  done then;
  block_height next;
  block_height last;
  std::vector<found_log> found;
  std::size_t text = 0; // bytes of what was found
};

void api_actor::carry_out(const log_query& q, done then) {
  if (const auto* hash = std::get_if<hash256>(&q.where)) {
    return resolve(*hash, [q, then](const result<stored_block_ptr>& block) {
      if (!block) then(block.error());
      else if (!*block) then(refuse(engine_error::unknown_block, "unknown block"));
      else then(format(q, find_logs(**block, q.which)));
    });
  }
  auto head = ask(chain_, find_head{}, config().answer_within);
  head.then(
      [this, q, then](const chain_head& found) {
        const auto range = heights_of(std::get<block_range>(q.where), found);
        if (!range) return then(range.error());
        search(std::make_shared<log_search>(log_search{q, then, range->first, std::min(range->last, found.head.height), {}, 0}));
      },
      [then](const error& e) { then(e); });
}

void api_actor::search(std::shared_ptr<log_search> so_far) {
  if (so_far->next > so_far->last) return so_far->then(format(so_far->query, so_far->found));
  resolve(so_far->next, [this, so_far](const result<stored_block_ptr>& block) {
    if (!block) return so_far->then(block.error());
    // None: the chain has become shorter meanwhile.
    if (!*block) return so_far->then(format(so_far->query, so_far->found));
    for (found_log& each : find_logs(**block, so_far->query.which)) {
      so_far->text += text_bytes(each);
      so_far->found.push_back(std::move(each));
    }
    if (so_far->text > most_log_bytes)
      return so_far->then(refuse(rpc_refusal::too_many_logs, "in blocks up to " + to_quantity(so_far->next)));
    ++so_far->next;
    search(so_far);
  });
}

} // namespace alys::domain
