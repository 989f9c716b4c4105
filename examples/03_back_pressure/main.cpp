// SPDX-License-Identifier: Apache-2.0
//
// What a full mailbox does, and how an actor keeps from filling another one's.
#include <alys/actors.hpp>

#include <iostream>
#include <vector>

using namespace std::chrono_literals;

struct print { using reply = void; int page = 0; };
struct print_all { using reply = int; int pages = 0; };
ALYS_MESSAGE(print, page)
ALYS_MESSAGE(print_all, pages)

class printer final : public alys::actor<printer> {
public:
  using messages = alys::accepts<print>;
  explicit printer(std::vector<int>* paper) : paper_(paper) {}
  void handle(const print& p) { paper_->push_back(p.page); }

private:
  std::vector<int>* paper_;
};

// Never has more than two pages underway: the answer to one lets the next go. So the printer's mailbox cannot overflow, however slow it is.
class editor final : public alys::actor<editor> {
public:
  using messages = alys::accepts<print_all>;
  using asks = alys::to<printer>;
  explicit editor(alys::ref<printer> to) : printer_(std::move(to)) {}
  alys::promise<int> handle(const print_all& all) {
    last_ = all.pages;
    for (int underway = 0; underway < 2; ++underway) print_next();
    return done_;
  }

private:
  void print_next() {
    if (next_ == last_) return;
    auto page = ask(printer_, print{++next_}, 5s);
    page.then(
        [this] {
          if (++answered_ == last_) done_.deliver(answered_);
          print_next();
        },
        [this](const alys::error& e) { done_.deliver(e); });
  }
  alys::ref<printer> printer_;
  alys::promise<int> done_;
  int last_ = 0;
  int next_ = 0;
  int answered_ = 0;
};

// Five pages for a mailbox that holds three. Before the tree starts nobody takes anything out of it.
void overflow(alys::overflow policy) {
  std::vector<int> paper;
  alys::supervisor_spec root{"office"};
  auto to = root.child<printer>("printer", {}, {.mailbox = {.capacity = 3, .overflow = policy}}, &paper);
  std::cout << to_string(policy) << ':';
  for (int page = 1; page <= 5; ++page) {
    const auto sent = try_send(to, print{page});
    std::cout << ' ' << (sent ? "taken" : to_string(sent.error().code()));
  }
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  system.shutdown(5s); // finishes what is queued
  std::cout << "; printed";
  for (const int page : paper) std::cout << ' ' << page;
  std::cout << '\n';
}

int main() {
  for (const auto policy : {alys::overflow::reject, alys::overflow::drop_newest, alys::overflow::drop_oldest}) overflow(policy);

  std::vector<int> paper;
  alys::supervisor_spec root{"office"};
  auto to = root.child<printer>("printer", {}, {.mailbox = {.capacity = 2}}, &paper);
  auto from = root.child<editor>("editor", {}, {}, to);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
  std::cout << "asked for one after the other: " << system.ask(from, print_all{1'000}, 5s).value() << " of 1000 printed\n";
}
