// SPDX-License-Identifier: Apache-2.0
//
// An execution client that is led along the node's chain. A client keeps a chain of its own, and may lack blocks that the node has: it was
// killed, its folder is new or an older copy. Where it says that it does not know a block, it is given what the store has, from the first
// block that it lacks, and asked again. One that has more than the node, or another branch, goes where the forkchoice says.
//
// ```cpp
// inline std::shared_ptr<alys::domain::execution_engine> led(std::shared_ptr<alys::domain::execution_engine> client,
//                                                            alys::domain::payload_lookup stored) {
//   return alys::domain::feed_from(std::move(stored), std::move(client));
// }
// ```
#pragma once

#include <alys/domain/engine/execution_engine.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace alys::domain {

// The payload with this block hash, or nothing. Called on the client's thread; must be thread-safe, and good as long as the engine.
using payload_lookup = std::function<alys::result<std::optional<execution_payload>>(const hash256& block)>;

// So many blocks may be given to the client while the caller waits. Beyond, calls are refused with engine_error::catching_up, which says how
// far it has come, until it has them all.
inline constexpr std::size_t most_fed_at_once = 16;

// What a client is being given, for metrics. Written by one engine, read by any thread.
struct feed_progress {
  std::atomic<bool> running{false};
  std::atomic<std::uint64_t> lacking{0};    // blocks, as far as is known, since this began
  std::atomic<std::uint64_t> given{0};      // of them, so far
  std::atomic<std::uint64_t> given_ever{0}; // since the engine was made

  // Blocks that the client still lacks, as far as is known.
  [[nodiscard]] std::uint64_t behind() const noexcept {
    const std::uint64_t done = given;
    const std::uint64_t all = lacking;
    return running && all > done ? all - done : 0;
  }
};

// `client`: one that answers on a thread of its own, one answer at a time, as connect_engine gives it. `progress` is not null and of this engine
// alone. Refuses besides with engine_error::wrong_chain where the client finds a stored block invalid.
[[nodiscard]] std::shared_ptr<execution_engine> feed_from(payload_lookup stored, std::shared_ptr<execution_engine> client,
                                                          std::shared_ptr<feed_progress> progress = std::make_shared<feed_progress>());

} // namespace alys::domain
