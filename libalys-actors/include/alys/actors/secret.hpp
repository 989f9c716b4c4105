// SPDX-License-Identifier: Apache-2.0
//
// A value that is never shown: a password, a key, a token.
//
// Messages are printed where people look for what went wrong: in the list of quarantined messages, in logs. A field of type secret<T>
// carries its value like any other, and shows nothing of it there. It protects against the eyes of readers, not against a debugger.
//
// ```cpp
// struct log_in { std::string user; alys::secret<std::string> password; }; // as a message: ALYS_MESSAGE(log_in, user, password)
//
// inline bool known(const log_in& l) { return l.password.reveal() == "open sesame"; }
// ```
#pragma once

#include <utility>

namespace alys {

// As copyable and comparable as T. No more thread-safe than T is.
template <class T>
class secret {
public:
  using value_type = T;

  secret() = default;
  secret(T value) : value_(std::move(value)) {} // NOLINT(google-explicit-constructor): a plain value may become a secret
  // The way back is always spelt out.
  [[nodiscard]] const T& reveal() const noexcept { return value_; }
  friend bool operator==(const secret&, const secret&) = default;

private:
  T value_{};
};

} // namespace alys
