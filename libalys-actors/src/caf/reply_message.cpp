// SPDX-License-Identifier: Apache-2.0
#include "reply_message.hpp"

#include <caf/all.hpp>
#include <caf/sec.hpp>
#include <caf/type_erased_value.hpp>
#include <caf/type_nr.hpp>

#include <array>
#include <utility>

namespace alys::detail {

namespace {

template <class... Ts>
[[nodiscard]] std::uint16_t number_of(caf::detail::type_list<Ts...>, const std::type_info& type) noexcept {
  std::uint16_t number = 0;
  ((number = type == typeid(Ts) ? caf::type_nr<Ts>::value : number), ...);
  return number;
}

// CAF knows its built-in types by number and all others by their type_info. Its integers of equal width are one type.
[[nodiscard]] caf::rtti_pair rtti_of(const std::type_info& type) noexcept {
  const auto number = number_of(caf::sorted_builtin_types{}, type);
  const auto integer = number != 0 ? number
                                   : number_of(caf::detail::type_list<char, signed char, short, unsigned short, int, unsigned, long,
                                                                      unsigned long, long long, unsigned long long>{},
                                               type);
  return {integer, integer != 0 ? nullptr : &type};
}

using shared_reply = std::shared_ptr<reply_envelope>;

[[nodiscard]] caf::error cannot_serialize() { return caf::make_error(caf::sec::unknown_type, "a local reply"); }

class reply_value final : public caf::type_erased_value {
public:
  explicit reply_value(shared_reply reply) : reply_(std::move(reply)) {}
  void* get_mutable() override { return const_cast<void*>(reply_->value()); }
  caf::error load(caf::deserializer&) override { return cannot_serialize(); }
  [[nodiscard]] caf::rtti_pair type() const override { return rtti_of(*reply_->type()); }
  [[nodiscard]] const void* get() const override { return reply_->value(); }
  caf::error save(caf::serializer&) const override { return cannot_serialize(); }
  [[nodiscard]] std::string stringify() const override { return reply_->type()->name(); }
  [[nodiscard]] caf::type_erased_value_ptr copy() const override { return caf::type_erased_value_ptr{new reply_value(reply_)}; }

private:
  shared_reply reply_;
};

class reply_data final : public caf::detail::message_data {
public:
  explicit reply_data(shared_reply reply) : reply_(std::move(reply)), type_(rtti_of(*reply_->type())) {}

  void* get_mutable(std::size_t) override { return const_cast<void*>(reply_->value()); }
  caf::error load(std::size_t, caf::deserializer&) override { return cannot_serialize(); }
  [[nodiscard]] std::size_t size() const noexcept override { return 1; }
  [[nodiscard]] std::uint32_t type_token() const noexcept override { return caf::add_to_type_token(caf::make_type_token<>(), type_.first); }
  [[nodiscard]] caf::rtti_pair type(std::size_t) const noexcept override { return type_; }
  [[nodiscard]] const void* get(std::size_t) const noexcept override { return reply_->value(); }
  [[nodiscard]] std::string stringify(std::size_t) const override { return reply_->type()->name(); }
  [[nodiscard]] caf::type_erased_value_ptr copy(std::size_t) const override { return caf::type_erased_value_ptr{new reply_value(reply_)}; }
  caf::error save(std::size_t, caf::serializer&) const override { return cannot_serialize(); }
  [[nodiscard]] message_data* copy() const override { return new reply_data(reply_); }

private:
  shared_reply reply_;
  caf::rtti_pair type_;
};

} // namespace

caf::message to_message(reply_ptr reply) {
  if (reply->value() == nullptr) return caf::make_message();
  shared_reply shared{std::move(reply)};
  return caf::message{caf::message::data_ptr{new reply_data(std::move(shared)), false}};
}

} // namespace alys::detail
