// SPDX-License-Identifier: Apache-2.0
//
// A tree under traffic with chaos in it, for as long as one likes. In rounds: traffic, then rest. At every rest each message and each ask has
// had exactly one end, and at the last the process holds no more of the machine than after the first fifth. Prints its figures as JSON; ends
// with 1 and says why if something is not so.
//
//   soak [--seconds 8] [--round-ms 500] [--seed 1] [--memory on|off]
#include "process.hpp"
#include "stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;
using soak::holdings;

struct settings {
  std::chrono::seconds time{8};
  std::chrono::milliseconds round{500};
  std::uint64_t seed = 1;
  bool memory = true; // not where a sanitizer keeps what was freed
};

[[nodiscard]] settings read(int argc, char** argv) {
  settings all;
  if (argc % 2 == 0) throw std::invalid_argument("options come in pairs");
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--seconds") all.time = std::chrono::seconds{std::stoul(argv[i + 1])};
    else if (name == "--round-ms") all.round = std::chrono::milliseconds{std::stoul(argv[i + 1])};
    else if (name == "--seed") all.seed = std::stoull(argv[i + 1]);
    else if (name == "--memory") all.memory = std::string_view{argv[i + 1]} == "on";
    else throw std::invalid_argument("unknown option " + std::string{name});
  }
  return all;
}

// What was held at each rest after the warm-up.
struct diary {
  std::vector<double> resident_mb;
  holdings first;
  holdings last;
  void note(const holdings& now) {
    if (resident_mb.empty()) first = now;
    last = now;
    resident_mb.push_back(now.resident_mb);
  }
};

void complain(std::string& faults, bool wrong, const std::string& what) {
  if (wrong) faults += what + "\n";
}

[[nodiscard]] std::string faults_of(const diary& d, bool memory) {
  std::string faults;
  const double most = std::max(4.0, 0.03 * d.first.resident_mb);
  const double grown = soak::growth_mb(d.resident_mb);
  complain(faults, memory && grown > most, fmt::format("the resident memory grew by {:.2f} MB, allowed are {:.2f}", grown, most));
  complain(faults, d.first.descriptors != d.last.descriptors,
           fmt::format("{} descriptors were open, now {}", d.first.descriptors, d.last.descriptors));
  complain(faults, d.first.threads != d.last.threads, fmt::format("there were {} threads, now {}", d.first.threads, d.last.threads));
  return faults;
}

[[nodiscard]] std::string figures(soak::stage& s, const settings& how, std::size_t rounds, const diary& d) {
  soak::sums total = s.sum();
  std::string text = "{\n";
  const auto number = [&](const char* key, std::uint64_t value) { text += fmt::format("  \"{}\": {},\n", key, value); };
  number("seconds", static_cast<std::uint64_t>(how.time.count()));
  number("seed", how.seed);
  number("rounds", rounds);
  number("sent", total.sent);
  for (const auto& [key, value] : total.ends) number(key, value);
  for (const auto& [key, value] : total.set_aside) number(key, value);
  number("asks", s.accounts().asks.asked);
  for (const auto& [key, value] : total.ends_of_asks) number(key, value);
  for (const auto& [key, value] : total.injected) number(key, value);
  number("restarts", total.restarts);
  number("escalations", total.escalations);
  number("children_come_and_gone", total.gone);
  number("dead_letters", total.dead_letters);
  text += fmt::format("  \"resident_mb_first\": {:.2f},\n  \"resident_mb_last\": {:.2f},\n  \"resident_mb_grown\": {:.2f},\n",
                      d.first.resident_mb, d.last.resident_mb, soak::growth_mb(d.resident_mb));
  number("descriptors_first", d.first.descriptors);
  number("descriptors_last", d.last.descriptors);
  number("threads_first", d.first.threads);
  return text + fmt::format("  \"threads_last\": {}\n}}\n", d.last.threads);
}

// Nothing that would show that chaos, or one of its faults, was off.
[[nodiscard]] std::string idle_faults(const soak::sums& total) {
  std::string faults;
  const auto check = [&](const auto& entries) {
    for (const auto& [key, value] : entries) complain(faults, value == 0, std::string{key} + " is 0: this run has shown nothing of it");
  };
  check(total.injected);
  check(total.ends);
  complain(faults, total.restarts == 0 || total.escalations == 0, "there was no restart, or no escalation");
  return faults;
}

// A thread that was joined may still be listed for a moment: the kernel tells who waits before it takes the thread away.
[[nodiscard]] holdings look_when_threads_are_gone(std::size_t expected) {
  const auto patience = std::chrono::steady_clock::now() + 10s;
  auto seen = soak::look_at_this_process();
  for (; seen.threads > expected && std::chrono::steady_clock::now() < patience; seen = soak::look_at_this_process())
    std::this_thread::sleep_for(1ms);
  return seen;
}

int run(const settings& how) {
  std::thread{[] {}}.join(); // a sanitizer's own thread comes with the first
  const holdings before = soak::look_at_this_process();
  diary d;
  std::string faults;
  {
    soak::stage s{how.seed};
    const auto begun = std::chrono::steady_clock::now();
    std::size_t rounds = 0;
    for (auto now = begun; now < begun + how.time || d.resident_mb.size() < 4; now = std::chrono::steady_clock::now()) {
      s.run_for(how.round);
      ++rounds;
      if (const std::string left = s.balance(); !left.empty()) {
        std::fprintf(stderr, "soak: round %zu does not balance:\n%s", rounds, left.c_str());
        return 1;
      }
      if (now >= begun + how.time / 5) d.note(soak::look_at_this_process());
    }
    std::fputs(figures(s, how, rounds, d).c_str(), stdout);
    faults = faults_of(d, how.memory) + idle_faults(s.sum());
    complain(faults, !s.system().shutdown(30s).in_time, "the tree did not stop in time");
    complain(faults, s.accounts().alive != 0, fmt::format("{} actor objects outlived their tree", s.accounts().alive.load()));
  }
  const holdings after = look_when_threads_are_gone(before.threads);
  complain(faults, after.threads > before.threads, fmt::format("{} threads before the tree, {} after it", before.threads, after.threads));
  complain(faults, after.descriptors != before.descriptors,
           fmt::format("{} descriptors before the tree, {} after it", before.descriptors, after.descriptors));
  std::fputs(faults.c_str(), stderr);
  return faults.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(read(argc, argv));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "soak: %s\n", e.what());
    return 2;
  }
}
