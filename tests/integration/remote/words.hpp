// SPDX-License-Identifier: Apache-2.0
//
// What the processes of these tests say to each other, and who hears it.
#pragma once

#include <alys/actors.hpp>
#include <alys/actors/remote.hpp>

#include <filesystem>

namespace alys::test {

enum class denied : std::uint8_t { none, no_such_account };
ALYS_ERRORS(denied, no_such_account)

struct deposit {
  using reply = std::uint64_t; // the sum
  std::uint64_t amount = 0;
#ifdef ALYS_TEST_OTHER_VERSION
  std::string currency = {};
#endif
};
struct remark { // nobody waits for it
  std::string text;
};
struct remarks {
  using reply = std::vector<std::string>;
};
struct refuse_me {
  using reply = void;
};
struct fail_now {
  using reply = void;
};
struct wait_for_ever {
  using reply = void;
};
struct who {
  using reply = std::string; // "<tag> <incarnation>"
};
struct ask_over { // no ledger takes it
  using reply = std::uint64_t;
};
struct repeat {
  using reply = std::string;
  std::string what;
  std::uint32_t times = 1;
};
#ifdef ALYS_TEST_OTHER_VERSION
ALYS_MESSAGE(deposit, amount, currency)
#else
ALYS_MESSAGE(deposit, amount)
#endif
ALYS_MESSAGE(remark, text)
ALYS_MESSAGE(remarks)
ALYS_MESSAGE(refuse_me)
ALYS_MESSAGE(fail_now)
ALYS_MESSAGE(wait_for_ever)
ALYS_MESSAGE(who)
ALYS_MESSAGE(ask_over)
ALYS_MESSAGE(repeat, what, times)

struct ledger_config {
  std::string tag = "ledger";
  bool sound = true; // else it does not start
#ifdef ALYS_TEST_OTHER_VERSION
  std::string currency = {};
#endif
};
#ifdef ALYS_TEST_OTHER_VERSION
ALYS_CONFIG(ledger_config, tag, sound, currency)
#else
ALYS_CONFIG(ledger_config, tag, sound)
#endif

class ledger final : public alys::actor<ledger, ledger_config> {
public:
  using messages = alys::accepts<deposit, remark, remarks, refuse_me, fail_now, wait_for_ever, who, repeat>;

  result<void> initialize() {
    if (!config().sound) return fail(fault::database_unavailable, "not sound");
    return {};
  }
  std::uint64_t handle(const deposit& d) { return sum_ += d.amount; }
  void handle(const remark& n) { remarks_.push_back(n.text); }
  std::vector<std::string> handle(const remarks&) { return remarks_; }
  result<void> handle(const refuse_me&) { return refuse(denied::no_such_account, "alice"); }
  result<void> handle(const fail_now&) { return fail(fault::invalid_reply, "not a ledger"); }
  promise<void> handle(const wait_for_ever&) { return waiting_.emplace_back(); }
  std::string handle(const who&) { return config().tag + " " + std::to_string(incarnation()); }
  std::string handle(const repeat& r) {
    std::string all;
    for (std::uint32_t i = 0; i < r.times; ++i) all += r.what;
    return all;
  }

private:
  std::uint64_t sum_ = 0;
  std::vector<std::string> remarks_;
  std::vector<promise<void>> waiting_;
};

} // namespace alys::test
