// SPDX-License-Identifier: Apache-2.0
//
// A small bank, as the tests of the test kit see it.
#pragma once

#include <alys/testkit.hpp>

#include <map>

namespace bank {

enum class denied : std::uint8_t { none, no_such_account };
ALYS_ERRORS(denied, no_such_account)

struct note {
  using reply = void;
  std::string text;
};
struct deposit {
  using reply = std::uint64_t;
  std::string account;
  std::uint64_t amount = 0;
};
struct balance_of {
  using reply = std::uint64_t;
  std::string account;
};
struct closed {
  std::string account;
};
ALYS_MESSAGE(note, text)
ALYS_MESSAGE(deposit, account, amount)
ALYS_MESSAGE(balance_of, account)
ALYS_MESSAGE(closed, account)

class audit_log final : public alys::actor<audit_log> {
public:
  using messages = alys::accepts<note, closed>;
  void handle(const note&) {}
  void handle(const closed&) {}
};

struct ledger_config {
  std::uint64_t limit = 1'000;
};
ALYS_CONFIG(ledger_config, limit)

class ledger final : public alys::actor<ledger, ledger_config> {
public:
  using messages = alys::accepts<deposit, balance_of, closed>;
  using asks = alys::to<audit_log>;
  explicit ledger(alys::ref<audit_log> audit) : audit_(std::move(audit)) {}

  alys::promise<std::uint64_t> handle(const deposit& d) {
    alys::promise<std::uint64_t> answer;
    if (d.amount > config().limit) {
      answer.deliver(alys::refuse(alys::errc::out_of_range));
      return answer;
    }
    auto written = ask(audit_, note{"deposit to " + d.account}, std::chrono::seconds{1});
    written.then([this, d, answer] { answer.deliver(book_[d.account] += d.amount); },
                 [answer](const alys::error& e) { answer.deliver(e); });
    return answer;
  }
  alys::result<std::uint64_t> handle(const balance_of& b) const {
    const auto found = book_.find(b.account);
    if (found == book_.end()) return alys::refuse(denied::no_such_account, b.account);
    return found->second;
  }
  void handle(const closed& c) {
    book_.erase(c.account);
    send(audit_, c);
  }

private:
  alys::ref<audit_log> audit_;
  std::map<std::string, std::uint64_t> book_;
};

} // namespace bank
