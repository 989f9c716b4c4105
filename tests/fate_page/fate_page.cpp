// SPDX-License-Identifier: Apache-2.0
//
// Prints the guide's page of the fate table from the table itself, and checks that the page and the tests have not fallen behind it.
//
//   fate_page write FILE    writes the page
//   fate_page check FILE    exits 1 if FILE is not the page
//   fate_page names         reads names of tests from its input, one a line; exits 1 and says which if one that an entry must have is
//                           missing, or one is there that no entry has
#include <alys/actors/fate.hpp>

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view introduction = R"(# What becomes of each message

When an actor fails or stops, every message that has to do with it has one declared fate. This page is printed from the table that the
runtime looks up (`alys/actors/fate.hpp`), and each entry has a test named after it.

)";

constexpr std::string_view columns = R"(
What was decided about the actor:

- **resume**: the same object goes on with the next message.
- **restart**: a new object takes over in the same place, under the same handle. A sibling that is restarted with the one that failed
  counts as restarted too.
- **stop**: the end of the actor, by its supervisor's decision or because its supervisor goes down.
- **escalate**: the supervisor fails in turn, and the decision of the one above is still to come.
- **breaker open**: the actor is restarted later, when its circuit breaker lets probes through.
)";

constexpr std::string_view accounting = R"(
Every message that a send accepted ends exactly once: handled, refused or failed with an answer, rejected, dropped by the mailbox's
policy, quarantined, or as a dead letter; or it is still queued or stashed. Redeliveries are counted apart. Each of these is counted, so the sum can be checked, and is.
)";

std::string_view explained(alys::message_role role) {
  switch (role) {
    case alys::message_role::failing: return "the message whose handler failed";
    case alys::message_role::redeliverable: return "the same, where the actor's option `redeliver` lets it be handled again";
    case alys::message_role::poisonous:
      return "the same, when it has now failed as many incarnations in a row as `redeliver.quarantine_after` says";
    case alys::message_role::queued:
      return "accepted before and not handled yet, also the rest of a batch that the actor had taken out of its queue";
    case alys::message_role::arriving: return "sent to the actor while it is suspended";
    case alys::message_role::owed_reply: return "a request that this incarnation accepted and has not answered";
    case alys::message_role::awaited_reply: return "an answer that this incarnation waits for";
    case alys::message_role::timer: return "a timer that this incarnation set";
    case alys::message_role::stashed: return "set aside by this incarnation with `stash()`";
    case alys::message_role::parked_send: return "a message of its own, which waits for room in a mailbox whose policy is `block`";
    case alys::message_role::subscription: return "its subscription to a topic: not a message, but what brings some";
  }
  return {};
}

std::string_view explained(alys::fate end) {
  switch (end) {
    case alys::fate::kept: return "nothing happens to it: it stays where it is, in its order";
    case alys::fate::error_reply_or_dead_letter: return "a request is answered with an error, what is no request becomes a dead letter";
    case alys::fate::queued_under_bound: return "taken in as always: queued if the mailbox has room, else its overflow policy decides";
    case alys::fate::rejected: return "not taken: the sender is told, else it becomes a dead letter";
    case alys::fate::error_reply: return "answered with an error, at once";
    case alys::fate::dead_letter:
      return "put with the dead letters; an answer is known by its number as meant for an incarnation that has ended";
    case alys::fate::cancelled: return "its continuation never runs, and the answer, should one come, is ignored";
    case alys::fate::dropped_and_counted: return "it never fires; `initialize` sets new ones";
    case alys::fate::to_front_of_queue: return "handled before all that waits, in the order of arrival; a redelivery is counted apart";
    case alys::fate::sent_or_dead_letter: return "sent if room comes before its time is up, else a dead letter";
    case alys::fate::ended: return "nothing comes of it any more";
    case alys::fate::quarantined:
      return "set aside, to be looked at, replayed or discarded by hand; a request is answered with an error now";
  }
  return {};
}

std::string page() {
  std::string text{introduction};
  text += "| message |";
  for (const auto decided : alys::all_outcomes) text += ' ' + std::string{alys::to_string(decided)} + " |";
  text += "\n|---|";
  for ([[maybe_unused]] const auto decided : alys::all_outcomes) text += "---|";
  text += '\n';
  std::set<alys::fate> used;
  for (const auto role : alys::all_message_roles) {
    text += "| " + std::string{alys::to_string(role)} + " |";
    for (const auto decided : alys::all_outcomes) {
      const alys::fate end = alys::fate_of(role, decided);
      used.insert(end);
      text += ' ' + std::string{alys::to_string(end)} + " |";
    }
    text += '\n';
  }
  text += "\nWhat a message is to the actor at that moment:\n\n";
  for (const auto role : alys::all_message_roles)
    text += "- **" + std::string{alys::to_string(role)} + "**: " + std::string{explained(role)} + ".\n";
  text += columns;
  text += "\nWhat becomes of it:\n\n";
  for (const auto end : used) text += "- **" + std::string{alys::to_string(end)} + "**: " + std::string{explained(end)} + ".\n";
  text += accounting;
  return text;
}

int write(const char* path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << page() << std::flush;
  if (!file) std::cerr << path << ": cannot be written\n";
  return file ? 0 : 1;
}

int check(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (content.str() == page()) return 0;
  std::cerr << path << " is not what the fate table says: write it anew with fate_page write " << path << '\n';
  return 1;
}

int check_names() {
  const auto names = alys::fate_test_names();
  std::set<std::string> wanted(names.begin(), names.end());
  int wrong = 0;
  for (std::string line; std::getline(std::cin, line);) {
    if (!line.starts_with("fate: ") || wanted.erase(line) == 1) continue;
    std::cerr << "no entry of the fate table has a test of this name, or it is there twice: " << line << '\n';
    wrong = 1;
  }
  for (const std::string& name : wanted) {
    std::cerr << "an entry of the fate table has no test: " << name << '\n';
    wrong = 1;
  }
  return wrong;
}

} // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "write" && argc == 3) return write(argv[2]);
  if (what == "check" && argc == 3) return check(argv[2]);
  if (what == "names" && argc == 2) return check_names();
  std::cerr << "usage: fate_page write FILE | check FILE | names\n";
  return 2;
}
