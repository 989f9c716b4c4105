// SPDX-License-Identifier: Apache-2.0
#include "middleman.hpp"

#include <alys/actors/fault.hpp>

#include <caf/io/basp_broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/policy/tcp.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace alys::detail {

namespace {

namespace net = caf::io::network;
using steady = std::chrono::steady_clock;

// ---- a socket, until somebody else closes it ----

class owned_socket {
public:
  explicit owned_socket(int fd = -1) noexcept : fd_(fd) {}
  ~owned_socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  owned_socket(owned_socket&& other) noexcept : fd_(other.release()) {}
  owned_socket& operator=(owned_socket&&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
  int fd_;
};

void set_no_delay(int fd) noexcept {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

[[nodiscard]] error connection_error(int why, const std::string& to) {
  const std::string text = to + ": " + std::strerror(why);
  if (why == ECONNREFUSED) return fail(fault::connection_refused, text);
  if (why == ETIMEDOUT) return fail(fault::connection_timeout, text);
  if (why == EMFILE || why == ENFILE) return fail(fault::too_many_files, text);
  return fail(fault::connection_lost, text);
}

[[nodiscard]] error connect_socket(const addrinfo& to, const std::string& shown, steady::time_point deadline, owned_socket& connected) {
  owned_socket s{::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (s.get() < 0) return connection_error(errno, shown);
  if (::connect(s.get(), to.ai_addr, to.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return connection_error(errno, shown);
    if (!wait_for_socket(s.get(), true, deadline)) return fail(fault::connection_timeout, shown + ": no connection in time");
    int why = 0;
    socklen_t size = sizeof why;
    ::getsockopt(s.get(), SOL_SOCKET, SO_ERROR, &why, &size);
    if (why != 0) return connection_error(why, shown);
  }
  set_no_delay(s.get());
  std::destroy_at(&connected);
  std::construct_at(&connected, std::move(s));
  return {};
}

// A socket that does not block, connected by the deadline.
[[nodiscard]] result<owned_socket> open_socket(const std::string& host, std::uint16_t port, steady::time_point deadline) {
  const std::string shown = host + ":" + std::to_string(port);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int e = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found); e != 0)
    return fail(fault::connection_refused, shown + ": " + ::gai_strerror(e));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, &::freeaddrinfo};
  error last = fail(fault::connection_refused, shown + ": has no address");
  for (const addrinfo* each = all.get(); each != nullptr; each = each->ai_next) {
    owned_socket connected;
    last = connect_socket(*each, shown, deadline, connected);
    if (!last) return connected;
  }
  return last;
}

// ---- TLS below CAF's streams ----

struct tls_policy {
  explicit tls_policy(ssl_ptr s) noexcept : session(std::move(s)) {}

  net::rw_state read_some(std::size_t& got, net::native_socket, void* into, std::size_t most) {
    if (most == 0) return net::rw_state::indeterminate;
    return state_of(tls_read(*session, into, most, got));
  }
  net::rw_state write_some(std::size_t& put, net::native_socket, const void* from, std::size_t size) {
    put = 0;
    if (size == 0) return net::rw_state::indeterminate;
    thread_local const bool once = [] {
      block_broken_pipe_signal();
      return true;
    }();
    (void)once;
    return state_of(tls_write(*session, from, size, put));
  }
  [[nodiscard]] bool must_read_more(net::native_socket, std::size_t wanted) {
    return static_cast<std::size_t>(SSL_pending(session.get())) >= wanted;
  }

private:
  [[nodiscard]] static net::rw_state state_of(tls_step how) noexcept {
    return how == tls_step::over ? net::rw_state::failure : net::rw_state::success;
  }
  ssl_ptr session;
};

// As CAF's own scribe, which has no other policy than TCP's and takes whatever size it is told of.
template <class Policy>
class node_scribe final : public caf::io::scribe, public connection {
public:
  node_scribe(net::default_multiplexer& loop, int socket, connection_rules_ptr rules, Policy policy)
      : caf::io::scribe(net::conn_hdl_from_socket(socket)), rules_(std::move(rules)), stream_(loop, socket, std::move(policy)) {
    rules_->connections.add(*this, socket, steady::now() + rules_->within);
  }
  ~node_scribe() override { rules_->connections.forget(*this); } // while the socket is still its own

  void configure_read(caf::io::receive_policy::config how) override {
    // At first, for the payload of its greeting, and once that is there.
    if (reads_ < 3 && ++reads_ == 3) rules_->connections.has_greeted(*this);
    if (how.second > rules_->max_read) { // said to come in one piece: it never does, and the next read finds the end
      ::shutdown(stream_.fd(), SHUT_RDWR);
      how = caf::io::receive_policy::exactly(1);
    }
    stream_.configure_read(how);
    if (reads_ == 1) stream_.start(this);
  }
  void ack_writes(bool) override {}
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  void flush() override { stream_.flush(this); }
  std::string addr() const override {
    auto known = net::remote_addr_of_fd(stream_.fd());
    return known ? *known : std::string{};
  }
  std::uint16_t port() const override {
    auto known = net::remote_port_of_fd(stream_.fd());
    return known ? *known : std::uint16_t{0};
  }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }
  void let_go() noexcept override {
    const caf::intrusive_ptr<node_scribe> still_here{this};
    stream_.removed_from_loop(net::operation::read);
    stream_.removed_from_loop(net::operation::write);
  }

private:
  const connection_rules_ptr rules_;
  int reads_ = 0; // that were configured, as far as it matters
  net::stream_impl<Policy> stream_;
};

// For a connected socket whose session, if it has one, is good.
[[nodiscard]] caf::io::scribe_ptr make_scribe(net::default_multiplexer& loop, owned_socket& socket, const connection_rules_ptr& rules,
                                              ssl_ptr session) {
  if (session) return caf::make_counted<node_scribe<tls_policy>>(loop, socket.release(), rules, tls_policy{std::move(session)});
  return caf::make_counted<node_scribe<caf::policy::tcp>>(loop, socket.release(), rules, caf::policy::tcp{});
}

class node_doorman final : public net::doorman_impl {
public:
  node_doorman(net::default_multiplexer& loop, net::native_socket socket, connection_rules_ptr rules)
      : net::doorman_impl(loop, socket), rules_(std::move(rules)) {}

  // The handshake waits for the other side, so it gets a thread; the loop goes on.
  bool new_connection() override {
    if (detached()) return false;
    owned_socket fresh{acceptor_.accepted_socket()};
    if (!rules_->tls) {
      take(fresh, nullptr);
      return true;
    }
    {
      const std::lock_guard guard(rules_->mutex);
      if (rules_->handshakes >= connection_rules::most_handshakes) {
        rules_->refused("too many connections at once that have not proved themselves");
        return true;
      }
      ++rules_->handshakes;
    }
    caf::intrusive_ptr<node_doorman> self{this};
    try {
      std::thread([self, rules = rules_, socket = std::make_shared<owned_socket>(std::move(fresh))] {
        shake_hands(self, *rules, *socket);
      }).detach();
    } catch (const std::system_error& e) {
      handshake_over(*rules_);
      rules_->refused(std::string{"no thread for a handshake: "} + e.what());
    }
    return true;
  }

private:
  void take(owned_socket& socket, ssl_ptr session) {
    auto& loop = acceptor_.backend();
    auto scribe = make_scribe(loop, socket, rules_, std::move(session));
    const auto handle = scribe->hdl();
    parent()->add_scribe(std::move(scribe));
    (void)doorman::new_connection(&loop, handle);
  }

  static void handshake_over(connection_rules& rules) {
    const std::lock_guard guard(rules.mutex);
    --rules.handshakes;
    rules.changed.notify_all();
  }

  static void shake_hands(const caf::intrusive_ptr<node_doorman>& self, connection_rules& rules, owned_socket& socket) {
    (void)net::nonblocking(socket.get(), true);
    set_no_delay(socket.get());
    auto from = net::remote_addr_of_fd(socket.get());
    auto session = rules.tls->accept(socket.get(), rules.allowed, steady::now() + rules.within);
    if (!session) {
      rules.refused((from ? *from : std::string{"somebody"}) + ": " + session.error().message());
    } else {
      self->acceptor_.backend().post(
          [self, fd = std::make_shared<owned_socket>(std::move(socket)), s = std::make_shared<ssl_ptr>(std::move(*session))] {
            if (self->detached()) return;
            self->take(*fd, std::move(*s));
          });
    }
    handshake_over(rules);
  }

  const connection_rules_ptr rules_;
};

// ---- the middleman actor ----

// CAF's keeps an actor for each node that it ever met, to spawn actors there by CAF's own means, which nodes do not use.
class node_broker final : public caf::io::basp_broker {
public:
  using caf::io::basp_broker::basp_broker;
  void learned_new_node_directly(const caf::node_id&, bool) override {}
  void learned_new_node_indirectly(const caf::node_id&) override {}
};

[[nodiscard]] caf::error to_caf_error(const error& e) {
  const auto which = e == fault::authentication_failed ? fault::authentication_failed
                     : e == fault::connection_timeout  ? fault::connection_timeout
                     : e == fault::connection_refused  ? fault::connection_refused
                     : e == fault::too_many_files      ? fault::too_many_files
                     : e == fault::bad_configuration   ? fault::bad_configuration
                                                       : fault::connection_lost;
  return caf::make_error(caf::sec::cannot_connect_to_node, static_cast<std::uint32_t>(which), e.text());
}

class own_middleman final : public caf::io::middleman_actor_impl {
public:
  own_middleman(caf::actor_config& config, caf::actor broker, connection_rules_ptr rules)
      : caf::io::middleman_actor_impl(config, std::move(broker)), rules_(std::move(rules)) {}
  const char* name() const override { return "alys.middleman"; }

protected:
  caf::expected<caf::io::scribe_ptr> connect(const std::string& to, std::uint16_t port) override {
    const auto at = to.find('@');
    const std::string wanted = to.substr(0, at);
    const std::string host = to.substr(at + 1);
    const auto deadline = steady::now() + rules_->within;
    auto socket = open_socket(host, port, deadline);
    if (!socket) return to_caf_error(socket.error());
    if (!rules_->tls) return make_scribe(loop(), *socket, rules_, nullptr);
    auto session = rules_->tls->connect(socket->get(), wanted, deadline);
    if (!session) return to_caf_error(session.error());
    return make_scribe(loop(), *socket, rules_, std::move(*session));
  }

  caf::expected<caf::io::doorman_ptr> open(std::uint16_t port, const char* address, bool reuse) override {
    auto socket = net::new_tcp_acceptor_impl(port, address, reuse);
    if (!socket) return std::move(socket.error());
    return caf::io::doorman_ptr{caf::make_counted<node_doorman>(loop(), *socket, rules_)};
  }

private:
  [[nodiscard]] net::default_multiplexer& loop() { return static_cast<net::default_multiplexer&>(system().middleman().backend()); }
  const connection_rules_ptr rules_;
};

} // namespace

void connection_list::add(connection& who, int socket, std::chrono::steady_clock::time_point until) {
  const std::lock_guard guard(mutex_);
  all_[&who] = {socket, until};
}

void connection_list::has_greeted(connection& who) {
  const std::lock_guard guard(mutex_);
  all_.at(&who).until = std::chrono::steady_clock::time_point::max();
}

void connection_list::forget(connection& who) noexcept {
  const std::lock_guard guard(mutex_);
  all_.erase(&who);
}

void connection_list::cut_off_late(std::chrono::steady_clock::time_point now) {
  const std::lock_guard guard(mutex_);
  for (const auto& [who, its] : all_) {
    if (its.until <= now) ::shutdown(its.socket, SHUT_RDWR); // its next read finds the end, and the rest follows
  }
}

void connection_list::let_go_of_all() noexcept {
  for (;;) {
    connection* who = nullptr;
    {
      const std::lock_guard guard(mutex_);
      if (all_.empty()) return;
      who = all_.begin()->first;
      all_.erase(all_.begin());
    }
    who->let_go();
  }
}

caf::actor start_broker(caf::actor_system& on) { return on.middleman().named_broker<node_broker>(caf::atom("node")); }

caf::io::middleman_actor spawn_middleman(const caf::actor& broker, connection_rules_ptr rules) {
  return broker->home_system().spawn<own_middleman, caf::detached + caf::hidden>(broker, std::move(rules));
}

error from_middleman(const caf::error& e) {
  if (e == caf::sec::cannot_connect_to_node && e.context().match_elements<std::uint32_t, std::string>())
    return fail(static_cast<fault>(e.context().get_as<std::uint32_t>(0)), e.context().get_as<std::string>(1));
  if (e == caf::sec::request_timeout) return fail(fault::connection_timeout, "the other side is connected, and does not speak");
  return fail(fault::connection_lost, "the other side went away before it had spoken (" + caf::to_string(e) + ")");
}

void await_handshakes(connection_rules& rules) {
  std::unique_lock lock(rules.mutex);
  rules.changed.wait(lock, [&] { return rules.handshakes == 0; });
}

} // namespace alys::detail
