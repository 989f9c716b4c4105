// SPDX-License-Identifier: Apache-2.0
//
// The tree that is soaked: every kind of mailbox and of restart, children that come and go, and chaos in all of it.
#pragma once

#include "actors.hpp"

#include <alys/actors/chaos.hpp>

#include <array>
#include <thread>

namespace soak {

// What became of notes that nobody handled, by cause, and of everything else.
class dead_notes final : public alys::observer {
public:
  void dead_letter_made(const alys::dead_letter& letter) override {
    const auto cause = static_cast<std::size_t>(letter.cause);
    ++all_.at(cause);
    if (letter.message == alys::detail::message_type_of<note>.name()) ++notes_.at(cause);
  }
  [[nodiscard]] std::uint64_t all(alys::dead_letter_cause cause) const { return all_.at(static_cast<std::size_t>(cause)); }
  [[nodiscard]] std::uint64_t notes(alys::dead_letter_cause cause) const { return notes_.at(static_cast<std::size_t>(cause)); }

private:
  std::array<counter, alys::all_dead_letter_causes.size()> all_{};
  std::array<counter, alys::all_dead_letter_causes.size()> notes_{};
};

// Of all receivers together, by the names of the figures.
struct sums {
  using named = std::vector<std::pair<const char*, std::uint64_t>>;
  std::uint64_t sent = 0;
  named ends;         // of what was sent ...
  named set_aside;    // ... and what has none yet
  named ends_of_asks; // as their askers heard it
  named injected;
  std::uint64_t restarts = 0;
  std::uint64_t escalations = 0;
  std::uint64_t gone = 0; // children that have left the tree
  std::uint64_t dead_letters = 0;
};

class stage {
public:
  explicit stage(std::uint64_t seed);
  ~stage();

  // Traffic for so long; then a rest.
  void run_for(std::chrono::milliseconds time);
  // Waits for the rest of all that was sent, and compares the books: what does not agree after `patience`, in words; empty: all of it.
  [[nodiscard]] std::string balance(std::chrono::seconds patience = std::chrono::seconds{60}) const;

  [[nodiscard]] sums sum() const;

  [[nodiscard]] alys::system& system() { return *system_; }
  [[nodiscard]] const book& accounts() const noexcept { return book_; }

private:
  [[nodiscard]] alys::supervisor_spec declare();
  void ask_from_outside(std::uint64_t first);
  void let_children_come_and_go();
  [[nodiscard]] std::string disagreement() const;

  book book_;
  std::shared_ptr<dead_notes> dead_ = std::make_shared<dead_notes>();
  alys::chaos trouble_;
  std::vector<alys::ref_to<question>> asked_from_outside_;
  std::vector<account*> outside_accounts_;
  account* peers_account_ = nullptr;
  std::unique_ptr<alys::factory<worker>> peers_;
  std::optional<alys::system> system_;
  std::uint64_t born_ = 0;
};

} // namespace soak
