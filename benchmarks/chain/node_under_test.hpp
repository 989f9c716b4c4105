// SPDX-License-Identifier: Apache-2.0
//
// A whole node inside this process, on a folder that goes away with it: the tree of alysd, real HTTP, real LevelDB.
#pragma once

#include "import_log.hpp"
#include "tree.hpp"
#include "wallets.hpp"

#include <alys/domain/api/http_listener.hpp>
#include <alys/domain/chain/dev_spec.hpp>

#include <filesystem>
#include <span>
#include <vector>

namespace bench {

class node_under_test {
public:
  // `rich`: who has coins from the first block on.
  node_under_test(std::chrono::milliseconds slot, std::span<const alys::domain::address> rich);
  ~node_under_test();
  node_under_test(const node_under_test&) = delete;
  node_under_test& operator=(const node_under_test&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] const import_log& log() const noexcept { return *log_; }
  // Starts an actor for each of these wallets that asks the chain and the database; see prober.hpp. `included`: transfers on the chain.
  void start_probers(const std::vector<wallet>& askers, std::shared_ptr<const std::vector<alys::domain::hash256>> included);
  // Lets every prober ask, `window` questions at a time, for so long; gives answers per second. Throws std::runtime_error if one was refused.
  [[nodiscard]] double answers_per_second(bool storage, std::uint32_t window, std::chrono::milliseconds during);

private:
  std::filesystem::path folder_;
  std::shared_ptr<const alys::domain::chain_spec> spec_;
  std::shared_ptr<import_log> log_ = std::make_shared<import_log>();
  std::shared_ptr<alys::domain::http_listener> http_;
  std::atomic<std::uint64_t> answers_{0};
  std::atomic<std::uint64_t> refusals_{0};
  std::optional<alys::system> system_;
  std::optional<alys::system> probers_; // a tree of their own: it is not the node's work that is measured in them
};

} // namespace bench
