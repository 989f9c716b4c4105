// SPDX-License-Identifier: Apache-2.0
//
// Seeded runs: the same test over many seeds, each of which decides what the test does and in which order turns are taken. A seed that
// fails is named in one line that runs exactly it again.
//
// The environment may say otherwise than the test: ALYS_SEED=n runs seed n only, ALYS_SEEDS=n runs n of them.
//
// ```cpp
// struct ping { using reply = int; };
// ALYS_MESSAGE(ping)
// class pong final : public alys::actor<pong> {
// public:
//   using messages = alys::accepts<ping>;
//   int handle(const ping&) { return 1; }
// };
//
// inline void whatever_the_order() {
//   alys::testkit::for_each_seed(100, [](std::uint64_t seed) {
//     alys::testkit::bench t{alys::testkit::bench_options{.seed = seed, .shuffle = true}};
//     const auto target = t.child<pong>();
//     if (t.ask(target, ping{}) != 1) throw std::runtime_error("no answer");
//   });
// }
// ```
#pragma once

#include <alys/testkit/bench.hpp>

namespace alys::testkit {

// Thrown by for_each_seed: what() is the line to replay, and what was wrong.
class seed_failed final : public std::runtime_error {
public:
  seed_failed(std::uint64_t seed, const std::string& why);
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }

private:
  std::uint64_t seed_;
};

// Runs `body` with the seeds 1 to `count`, or with those that the environment names. Returns how many ran. Ends at the first that throws:
// prints the line to replay to standard error and throws seed_failed; what is no std::exception goes on as it is.
std::uint64_t for_each_seed(std::uint64_t count, const std::function<void(std::uint64_t seed)>& body);

} // namespace alys::testkit
