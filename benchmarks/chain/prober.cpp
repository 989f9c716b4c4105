// SPDX-License-Identifier: Apache-2.0
#include "prober.hpp"

namespace bench {

using namespace alys::domain;

void prober::handle(const begin_probe& m) {
  asking_ = true;
  for (std::uint32_t i = 0; i < m.window; ++i) m.storage ? ask_storage() : ask_chain();
}

void prober::ask_chain() {
  auto head = ask(chain_, find_head{}, std::chrono::seconds{5});
  head.then([this](const alys::result<chain_head>& r) {
    if (r) chain_answers_->fetch_add(1, std::memory_order_relaxed);
    if (asking_) ask_chain();
  });
}

void prober::ask_storage() {
  auto block = ask(database_, find_block{block_height{0}}, std::chrono::seconds{5});
  block.then([this](const alys::result<std::optional<stored_block>>& r) {
    if (r && *r) storage_answers_->fetch_add(1, std::memory_order_relaxed);
    if (asking_) ask_storage();
  });
}

} // namespace bench
