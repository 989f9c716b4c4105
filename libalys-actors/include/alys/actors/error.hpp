// SPDX-License-Identifier: Apache-2.0
//
// Errors as values: what went wrong, of which kind, and how bad it is.
//
// An actor that cannot answer either refuses (an ordinary answer: the caller asked for something that it cannot have) or fails (the
// actor itself is in trouble and its supervisor decides what becomes of it). Both are an `alys::error`, and so is a message that never
// reached a handler. Errors are compared by their code, an enumerator of an enum that its owner announces with ALYS_ERRORS.
//
// ```cpp
// enum class denied : std::uint8_t { none, no_such_account, over_the_limit };
// ALYS_ERRORS(denied, no_such_account, over_the_limit)
//
// inline alys::error example() { return alys::refuse(denied::no_such_account, "alice"); }
// inline bool is_it() { return example() == denied::no_such_account; }
// ```
#pragma once

#include <alys/actors/detail/for_each.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace alys {

// Names a type in an overload set without making an object of it.
template <class T>
struct tag {};

// What an error means to the one who gets it.
enum class error_kind : std::uint8_t {
  refused,     // the answer to a request that was understood and not granted; no failure
  failed,      // the actor failed while handling it; supervision decides
  undelivered, // no handler saw it, or its answer was lost: full mailbox, stopped actor, deadline, broken promise
};

// What part of the world a failure comes from; each has a default decision (see decision.hpp).
enum class category : std::uint8_t { network, database, configuration, resource, logic, external, timeout, corruption, unknown };

// How bad a failure is. An explicit severity outranks the category's default decision.
enum class severity : std::uint8_t { low, medium, high, critical };

[[nodiscard]] std::string_view to_string(error_kind) noexcept;
[[nodiscard]] std::string_view to_string(category) noexcept;
[[nodiscard]] std::string_view to_string(severity) noexcept;

// What `fail(code)` says of a code. An enum states its own by an overload declared before its ALYS_ERRORS, found by argument-dependent lookup:
//   constexpr alys::classification alys_classify(my_errors) noexcept;
struct classification {
  alys::category category = alys::category::unknown;
  std::optional<alys::severity> severity = std::nullopt;
};

// The set that a code belongs to: one per enum announced with ALYS_ERRORS.
struct code_domain {
  std::string_view (*enum_name)() noexcept;               // "bank::denied"
  std::string_view (*name)(std::uint32_t value) noexcept; // "no_such_account"; empty for a value that was not listed
  classification (*classify)(std::uint32_t value) noexcept;
};

// Enums announced with ALYS_ERRORS.
template <class E>
concept error_enum = std::is_enum_v<E> && requires {
  alys_error_domain(tag<E>{});
};

namespace detail {
struct code_access;
} // namespace detail

// One error code: an enumerator and the enum it comes from. Implicitly made from the enumerator. Cheap to copy; thread-safe.
class code {
public:
  constexpr code() noexcept = default;
  template <error_enum E>
  constexpr code(E value) noexcept // NOLINT(google-explicit-constructor): an enumerator is a code
      : domain_(&alys_error_domain(tag<E>{})), value_(static_cast<std::uint32_t>(value)) {}

  // False for the default-made code, which no enumerator equals.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return domain_ != nullptr; }
  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr const code_domain* domain() const noexcept { return domain_; }
  friend constexpr bool operator==(const code&, const code&) noexcept = default;

private:
  friend struct detail::code_access;
  constexpr code(const code_domain& domain, std::uint32_t value) noexcept : domain_(&domain), value_(value) {}
  const code_domain* domain_ = nullptr;
  std::uint32_t value_ = 0;
};

namespace detail {
// For codes that come from elsewhere, by name.
struct code_access {
  [[nodiscard]] static constexpr code make(const code_domain& domain, std::uint32_t value) noexcept { return {domain, value}; }
};
} // namespace detail

// "denied::no_such_account"; empty for the default-made code.
[[nodiscard]] std::string to_string(const code&);

// An error: kind, code, category, severity, text. Copying shares one immutable record. A default-made error is no error.
class [[nodiscard]] error {
public:
  error() noexcept = default;
  error(error_kind kind, alys::code code, alys::category category, std::optional<alys::severity> severity, std::string text);

  // True if this is an error.
  [[nodiscard]] explicit operator bool() const noexcept { return record_ != nullptr; }
  // The properties below require an error; asked of none they answer refused, an empty code, unknown, nothing and "".
  [[nodiscard]] error_kind kind() const noexcept;
  [[nodiscard]] alys::code code() const noexcept;
  [[nodiscard]] alys::category category() const noexcept;
  [[nodiscard]] std::optional<alys::severity> severity() const noexcept;
  [[nodiscard]] const std::string& text() const noexcept;
  [[nodiscard]] bool refused() const noexcept { return record_ && kind() == error_kind::refused; }
  [[nodiscard]] bool failed() const noexcept { return record_ && kind() == error_kind::failed; }
  [[nodiscard]] bool undelivered() const noexcept { return record_ && kind() == error_kind::undelivered; }

  // For people: "denied::no_such_account: alice", or whichever of the two parts exists.
  [[nodiscard]] std::string message() const;

  // Errors equal a code when they carry it.
  friend bool operator==(const error& e, const alys::code& c) noexcept { return e && e.code() == c; }

private:
  struct record;
  std::shared_ptr<const record> record_;
};

// An ordinary "no": supervision does not hear of it.
[[nodiscard]] error refuse(code, std::string text = {});

// A failure: the failing actor's supervisor decides (see decision.hpp).
[[nodiscard]] error fail(category, std::string text);
[[nodiscard]] error fail(category, severity, std::string text);
[[nodiscard]] error fail(code, std::string text = {});
[[nodiscard]] error fail(code, category, std::string text = {});
[[nodiscard]] error fail(code, category, severity, std::string text = {});

// Codes of the library itself.
enum class errc : std::uint8_t {
  none,
  deadline,          // no answer came in time
  mailbox_full,      // refused by the receiver's bound
  dropped,           // made room for another message (drop_oldest, drop_newest)
  stopped,           // the receiver stopped, or was stopped before it came to this message
  restarted,         // the receiver still owed the answer when its incarnation ended
  cancelled,         // the asker's own incarnation ended
  broken_promise,    // the receiver let go of its promise without an answer
  not_accepted,      // the receiver has no handler for this message
  no_such_path,      // no slot has this path
  wrong_type,        // the slot at this path holds another actor
  would_block,       // a waiting call on a thread that must not wait
  not_running,       // the system has not started or has ended
  unexpected_reply,  // the answer has another type than the message declares
  out_of_range,      // a value lies outside what is allowed
  already_exists,    // the name is taken
  budget_exhausted,  // a supervisor restarted more often than its budget allows
  hook_timeout,      // a lifecycle hook did not finish by its deadline
  breaker_open,      // the receiver keeps failing and is left alone for a while
  unhealthy,         // so many health verdicts in a row said so
  handler_overran,   // a handler ran longer than the watchdog allows
  unknown_exception, // something was thrown that is no std::exception
  stashed,           // set aside by its receiver: not an answer, nobody is told
  stash_full,        // its receiver wanted to set it aside and had no room
  no_such_message,   // nothing of this number is in quarantine
  empty_error,       // a handler returned an error that is none
  exited,            // a foreign actor ended by itself, abnormally
  unavailable,       // the node on which the receiver lives cannot be reached
};

namespace detail {

// "bank::denied" from the compiler's own spelling of the type; the same with g++ and clang++.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() noexcept {
#if defined(__clang__)
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view start = "[T = ";
  constexpr std::size_t begin = text.find(start) + start.size();
  return text.substr(begin, text.rfind(']') - begin);
#else
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view start = "with T = ";
  constexpr std::size_t begin = text.find(start) + start.size();
  return text.substr(begin, text.find(';', begin) - begin);
#endif
}

} // namespace detail
} // namespace alys

#define ALYS_DETAIL_ERROR_CASE(enumeration, enumerator) \
  case static_cast<std::uint32_t>(enumeration::enumerator): return #enumerator;

// Announces an enum as a set of error codes. Use it at namespace scope, next to the enum; list every enumerator but the zero one.
#define ALYS_ERRORS(enumeration, ...) \
  [[nodiscard]] inline std::string_view alys_error_name(::alys::tag<enumeration>, std::uint32_t value) noexcept { \
    switch (value) { ALYS_DETAIL_FOR_EACH(ALYS_DETAIL_ERROR_CASE, enumeration, __VA_ARGS__) default : return {}; } \
  } \
  [[nodiscard]] constexpr const ::alys::code_domain& alys_error_domain(::alys::tag<enumeration>) noexcept { \
    return ::alys::detail::domain_of<enumeration>; \
  }

namespace alys::detail {
template <class E>
inline constexpr code_domain domain_of{
    []() noexcept { return type_name<E>(); },
    [](std::uint32_t value) noexcept { return alys_error_name(tag<E>{}, value); },
    []([[maybe_unused]] std::uint32_t value) noexcept {
      if constexpr (requires { alys_classify(E{}); }) return classification{alys_classify(static_cast<E>(value))};
      else return classification{};
    },
};
} // namespace alys::detail

namespace alys {
ALYS_ERRORS(errc, deadline, mailbox_full, dropped, stopped, restarted, cancelled, broken_promise, not_accepted, no_such_path, wrong_type,
            would_block, not_running, unexpected_reply, out_of_range, already_exists, budget_exhausted, hook_timeout, breaker_open,
            unhealthy, handler_overran, unknown_exception, stashed, stash_full, no_such_message, empty_error, exited, unavailable)
} // namespace alys
