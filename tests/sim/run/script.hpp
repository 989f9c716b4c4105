// SPDX-License-Identifier: Apache-2.0
//
// What the messages of a seeded run tell their receivers to do, and the messages themselves. Actors come in levels, since asks must not
// run in a ring: one may ask whoever is of a higher level, and send to all.
#pragma once

#include "model/topic_model.hpp"

#include <alys/actors/supervisor.hpp>

namespace alys::sim {

inline constexpr int levels = 3;
inline constexpr topic_number topic_count = 2;

enum class message_kind : std::uint8_t { word, urgent_word, order, urgent_order, loan, journey, open_journey };
inline constexpr std::uint64_t message_kinds = 7;
inline constexpr std::uint64_t request_kinds = 5; // the last of them

[[nodiscard]] constexpr bool is_urgent(message_kind k) noexcept {
  return k == message_kind::urgent_word || k == message_kind::urgent_order;
}
[[nodiscard]] constexpr bool may_be_asked(message_kind k) noexcept { return k >= message_kind::order; }
// Its handler is a coroutine.
[[nodiscard]] constexpr bool may_wait(message_kind k) noexcept { return k >= message_kind::journey; }

struct script;
using script_ptr = std::shared_ptr<const script>;

// How a handler ends.
enum class deed : std::uint8_t {
  answer,
  refuse,
  fail,
  raise,
  raise_something_else,
  keep_promise, // of a loan, as the next two: the actor will answer later, or never
  lend_promise, // somebody outside of the tree will
  break_promise,
};

// What the continuation of an ask does.
enum class sequel : std::uint8_t { nothing, raise, pay };

// What a handler does about a topic.
struct paper {
  enum class deed : std::uint8_t { nothing, subscribe, unsubscribe };
  deed what = deed::nothing;
  topic_number of = 0;
};

// A message that a handler sends.
struct errand {
  enum class way : std::uint8_t { send, try_send, ask, publish };
  way how = way::send;
  message_kind what = message_kind::word;
  cell_number to = 0;  // or ...
  topic_number on = 0; // ... that, if it is published
  std::chrono::milliseconds deadline{1};
  script_ptr told;
  sequel then = sequel::nothing;
};

// What a handler that is a coroutine waits for on its way.
struct pause {
  enum class way : std::uint8_t {
    ask,
    ask_or_return,
    sleep,
    turnstile, // and a sleep behind it
    part,      // a task of its own: a sleep, perhaps an ask with or_return, and an end that may be an error
    part_or_return,
  };
  way how = way::sleep;
  std::chrono::milliseconds time{0}; // of the sleep
  std::optional<errand> question;
  deed end = deed::answer; // of the part
};
inline constexpr std::uint64_t pauses = 6;

// A timer that a handler sets. More than once: periodic, until it has fired so often.
struct alarm_plan {
  std::chrono::milliseconds after{1};
  std::uint32_t times = 1;
  script_ptr told;
};

struct script {
  deed how = deed::answer;
  category kind = category::unknown; // of a failure
  std::optional<severity> weight;
  bool finish = false;       // the actor ends itself
  bool pay = false;          // ... answers the oldest promise that it keeps
  bool cancel_alarm = false; // ... cancels a timer
  bool stash = false;        // ... sets the message aside, the first time
  bool unstash = false;      // ... takes back what it has set aside
  bool late = false;         // ... does all that after its pauses, not before
  paper reads = {};
  std::uint32_t harmless_after = 0; // a failure happens so often, then it is an answer; 0: always
  std::vector<errand> errands;
  std::vector<alarm_plan> alarms;
  std::vector<pause> pauses;
};

template <int Level>
struct word {
  message_number number = 0;
  script_ptr told;
};
template <int Level>
struct urgent_word {
  static constexpr auto priority = alys::priority::urgent;
  message_number number = 0;
  script_ptr told;
};
template <int Level>
struct order {
  using reply = std::uint64_t;
  message_number number = 0;
  script_ptr told;
};
template <int Level>
struct urgent_order {
  using reply = std::uint64_t;
  static constexpr auto priority = alys::priority::urgent;
  message_number number = 0;
  script_ptr told;
};
// Answered with a promise.
template <int Level>
struct loan {
  using reply = std::uint64_t;
  message_number number = 0;
  script_ptr told;
};
// Answered by a coroutine, during which nothing else is handled ...
template <int Level>
struct journey {
  using reply = std::uint64_t;
  message_number number = 0;
  script_ptr told;
};
// ... or anything.
template <int Level>
struct open_journey {
  using reply = std::uint64_t;
  message_number number = 0;
  script_ptr told;
};
// Of a topic: for whoever subscribes.
struct bulletin {
  publication_number number = 0;
  script_ptr told;
};
// Of a timer.
struct alarm {
  timer_number number = 0;
  script_ptr told;
  bool again = false;
};
template <int Level>
ALYS_MESSAGE(word<Level>, number)
template <int Level>
ALYS_MESSAGE(urgent_word<Level>, number)
template <int Level>
ALYS_MESSAGE(order<Level>, number)
template <int Level>
ALYS_MESSAGE(urgent_order<Level>, number)
template <int Level>
ALYS_MESSAGE(loan<Level>, number)
template <int Level>
ALYS_MESSAGE(journey<Level>, number)
template <int Level>
ALYS_MESSAGE(open_journey<Level>, number)
ALYS_MESSAGE(bulletin, number)
ALYS_MESSAGE(alarm, number)

// Calls `use` with a request of this kind; nobody else keeps what it is told.
template <int Level, class Use>
void with_request(message_kind what, message_number number, script_ptr told, Use use) {
  if (what == message_kind::order) use(order<Level>{number, std::move(told)});
  else if (what == message_kind::urgent_order) use(urgent_order<Level>{number, std::move(told)});
  else if (what == message_kind::journey) use(journey<Level>{number, std::move(told)});
  else if (what == message_kind::open_journey) use(open_journey<Level>{number, std::move(told)});
  else use(loan<Level>{number, std::move(told)});
}
// The same with a message of any kind.
template <int Level, class Use>
void with_message(message_kind what, message_number number, script_ptr told, Use use) {
  if (what == message_kind::word) use(word<Level>{number, std::move(told)});
  else if (what == message_kind::urgent_word) use(urgent_word<Level>{number, std::move(told)});
  else with_request<Level>(what, number, std::move(told), use);
}

} // namespace alys::sim
