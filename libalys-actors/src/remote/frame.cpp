// SPDX-License-Identifier: Apache-2.0
#include "frame.hpp"

#include <alys/actors/fault.hpp>

namespace alys::detail {

namespace {

// An error as it crosses: its code by the names of enum and enumerator.
class error_form {
public:
  static void write(wire_writer& to, const error& e) {
    wire_form<bool>::write(to, static_cast<bool>(e));
    if (!e) return;
    to.number(static_cast<std::uint8_t>(e.kind()));
    to.number(static_cast<std::uint8_t>(e.category()));
    to.number(static_cast<std::uint8_t>(e.severity() ? 1 + static_cast<int>(*e.severity()) : 0));
    const code_domain* domain = e.code().domain();
    to.text(domain != nullptr ? domain->enum_name() : std::string_view{});
    to.number(e.code().value());
    to.text(to_string(e.code()));
    to.text(e.text());
  }

  [[nodiscard]] static bool read(wire_reader& from, error& e, std::span<const code_domain* const> domains) {
    bool there = false;
    if (!wire_form<bool>::read(from, there)) return false;
    e = {};
    if (!there) return true;
    std::uint8_t kind = 0, kind_of_world = 0, weight = 0;
    std::string domain, name, text;
    std::uint32_t value = 0;
    if (!from.number(kind) || kind > static_cast<std::uint8_t>(error_kind::undelivered) || !from.number(kind_of_world) ||
        kind_of_world > static_cast<std::uint8_t>(category::unknown) || !from.number(weight) || weight > 4 || !from.text(domain) ||
        !from.number(value) || !from.text(name) || !from.text(text))
      return false;
    const std::optional<severity> how_bad = weight > 0 ? std::optional{static_cast<severity>(weight - 1)} : std::nullopt;
    const code known = find(domain, value, domains);
    if (!known && !name.empty()) text = text.empty() ? name : name + ": " + text;
    e = error{static_cast<error_kind>(kind), known, static_cast<category>(kind_of_world), how_bad, std::move(text)};
    return true;
  }

private:
  [[nodiscard]] static code find(std::string_view domain, std::uint32_t value, std::span<const code_domain* const> domains) {
    static constexpr const code_domain* own[] = {&domain_of<errc>, &domain_of<fault>};
    for (const auto& known : {std::span<const code_domain* const>{own}, domains}) {
      for (const code_domain* d : known) {
        if (d->enum_name() == domain && !d->name(value).empty()) return code_access::make(*d, value);
      }
    }
    return {};
  }
};

struct writer {
  wire_writer& to;
  void operator()(const hello_frame& f) const {
    to.number(f.version);
    to.text(f.name);
  }
  void operator()(const welcome_frame& f) const {
    to.text(f.name);
    to.number(f.max_frame);
  }
  void operator()(const goodbye_frame& f) const { error_form::write(to, f.why); }
  void operator()(const message_frame& f) const {
    to.number(f.number);
    wire_form<bool>::write(to, f.asked);
    to.text(f.target);
    to.text(f.type);
    to.number(f.shape);
    to.number(f.correlation);
    for (const auto byte : f.trace_id) to.number(byte);
    for (const auto byte : f.span_id) to.number(byte);
    to.number(f.trace_flags);
    to.text(f.sender);
    to.text(f.payload);
  }
  void operator()(const answer_frame& f) const {
    to.number(f.number);
    error_form::write(to, f.why);
    to.text(f.payload);
  }
  void operator()(const spawn_frame& f) const {
    to.number(f.child);
    to.text(f.offer);
    to.number(f.shape);
    to.text(f.config);
  }
  void operator()(const spawned_frame& f) const { to.number(f.child); }
  void operator()(const stop_frame& f) const { to.number(f.child); }
  void operator()(const ended_frame& f) const {
    to.number(f.child);
    error_form::write(to, f.why);
  }
};

struct reader {
  wire_reader& from;
  std::span<const code_domain* const> domains;
  [[nodiscard]] bool operator()(hello_frame& f) const {
    if (!from.number(f.version)) return false;
    if (f.version == wire_version) return from.text(f.name);
    f.name.clear(); // what another version has behind its number is its own affair
    from = wire_reader{{}};
    return true;
  }
  [[nodiscard]] bool operator()(welcome_frame& f) const { return from.text(f.name) && from.number(f.max_frame); }
  [[nodiscard]] bool operator()(goodbye_frame& f) const { return error_form::read(from, f.why, domains); }
  [[nodiscard]] bool operator()(message_frame& f) const {
    if (!from.number(f.number) || !wire_form<bool>::read(from, f.asked) || !from.text(f.target) || !from.text(f.type) ||
        !from.number(f.shape) || !from.number(f.correlation))
      return false;
    for (auto& byte : f.trace_id) {
      if (!from.number(byte)) return false;
    }
    for (auto& byte : f.span_id) {
      if (!from.number(byte)) return false;
    }
    return from.number(f.trace_flags) && from.text(f.sender) && from.text(f.payload);
  }
  [[nodiscard]] bool operator()(answer_frame& f) const {
    return from.number(f.number) && error_form::read(from, f.why, domains) && from.text(f.payload);
  }
  [[nodiscard]] bool operator()(spawn_frame& f) const {
    return from.number(f.child) && from.text(f.offer) && from.number(f.shape) && from.text(f.config);
  }
  [[nodiscard]] bool operator()(spawned_frame& f) const { return from.number(f.child); }
  [[nodiscard]] bool operator()(stop_frame& f) const { return from.number(f.child); }
  [[nodiscard]] bool operator()(ended_frame& f) const { return from.number(f.child) && error_form::read(from, f.why, domains); }
};

// The frame whose number in the variant this is.
template <std::size_t I = 0>
[[nodiscard]] std::optional<frame> empty_frame(std::size_t index) {
  if constexpr (I < std::variant_size_v<frame>) {
    if (index == I) return frame{std::in_place_index<I>};
    return empty_frame<I + 1>(index);
  } else {
    return std::nullopt;
  }
}

} // namespace

std::string write_frame(const frame& f) {
  wire_writer to;
  to.number(static_cast<std::uint8_t>(f.index()));
  std::visit(writer{to}, f);
  return to.take();
}

void number_frame(std::string& written, std::uint64_t number) {
  wire_writer to;
  to.number(number);
  written.replace(1, sizeof number, to.take()); // behind the frame's kind
}

std::optional<frame> read_frame(std::string_view bytes, std::span<const code_domain* const> domains) {
  wire_reader from{bytes};
  std::uint8_t kind = 0;
  if (!from.number(kind)) return std::nullopt;
  std::optional<frame> f = empty_frame(kind);
  if (!f || !std::visit([&](auto& each) { return reader{from, domains}(each); }, *f) || !from.at_end()) return std::nullopt;
  return f;
}

} // namespace alys::detail
