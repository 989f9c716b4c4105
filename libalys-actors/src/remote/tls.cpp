// SPDX-License-Identifier: Apache-2.0
#include "tls.hpp"

#include <alys/actors/fault.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace alys::detail {

namespace {

using time_point = std::chrono::steady_clock::time_point;

// What OpenSSL has to say, and nothing left of it for the next one.
[[nodiscard]] std::string openssl_says() {
  std::string text;
  while (const unsigned long e = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(e);
    if (!text.empty()) text += ", ";
    text += reason != nullptr ? reason : "error " + std::to_string(e);
  }
  return text.empty() ? "no reason given" : text;
}

[[nodiscard]] error bad_file(const char* what, const std::string& path, const std::string& why) {
  return fail(fault::bad_configuration, std::string{what} + " \"" + path + "\": " + why);
}

// A file that is there, and, if it is secret, that nobody else may read.
[[nodiscard]] error check_file(const char* what, const std::string& path, bool secret) {
  if (path.empty()) return fail(fault::bad_configuration, std::string{what} + ": no file is named");
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return bad_file(what, path, std::strerror(errno));
  if (!S_ISREG(found.st_mode)) return bad_file(what, path, "is no file");
  if (secret && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) return bad_file(what, path, "others may read it: its mode must be 600 or 400");
  return {};
}

// The step of a handshake that OpenSSL asks for; false: it has failed.
[[nodiscard]] bool wait_as_asked(SSL& session, int result, time_point deadline, bool& timed_out) noexcept {
  const int wants = SSL_get_error(&session, result);
  if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) return false;
  if (wait_for_socket(SSL_get_fd(&session), wants == SSL_ERROR_WANT_WRITE, deadline)) return true;
  timed_out = true;
  return false;
}

// Keeps whom the certificate that is looked at is for: a session that fails does not.
int note_name(int good, X509_STORE_CTX* check) {
  auto* session = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* presented = static_cast<std::string*>(SSL_get_app_data(session));
  const X509* one = X509_STORE_CTX_get_current_cert(check);
  char name[256] = "(no common name)";
  if (presented != nullptr && one != nullptr) {
    (void)X509_NAME_get_text_by_NID(X509_get_subject_name(one), NID_commonName, name, sizeof name);
    *presented = name;
  }
  return good;
}

// Why a handshake failed.
[[nodiscard]] error handshake_error(SSL& session, bool timed_out, const std::string& presented, const std::string& wanted) {
  if (timed_out) {
    ERR_clear_error();
    return fail(fault::connection_timeout, "the TLS handshake did not end in time");
  }
  const long verified = SSL_get_verify_result(&session);
  const std::string says = openssl_says();
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH)
    return fail(fault::authentication_failed, "the other side's certificate is for \"" + presented + "\", not for " + wanted);
  if (verified != X509_V_OK)
    return fail(fault::authentication_failed,
                std::string{"the other side's certificate is not good: "} + X509_verify_cert_error_string(verified));
  if (says == "no reason given") return fail(fault::connection_lost, "the other side closed the connection during the TLS handshake");
  return fail(fault::authentication_failed, "the TLS handshake failed: " + says);
}

[[nodiscard]] std::string quoted_list(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "\"" : " or \"") + name + '"';
  return text;
}

// The server's last word in the handshake: that it accepts the client, which could not know it otherwise before its first message.
constexpr char accepted = 'A';

[[nodiscard]] error exchange_word(SSL& session, bool sends, time_point deadline) {
  bool timed_out = false;
  for (;;) {
    ERR_clear_error();
    char word = accepted;
    const int done = sends ? SSL_write(&session, &word, 1) : SSL_read(&session, &word, 1);
    if (done == 1) return word == accepted ? error{} : fail(fault::protocol_violation, "the other side does not speak as a node does");
    if (!wait_as_asked(session, done, deadline, timed_out)) break;
  }
  if (timed_out) return handshake_error(session, true, {}, {});
  const std::string says = openssl_says();
  if (says == "no reason given") return fail(fault::connection_lost, "the other side closed the connection after the TLS handshake");
  return fail(fault::authentication_failed, "the other side does not accept our certificate: " + says);
}

} // namespace

void block_broken_pipe_signal() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool wait_for_socket(int socket, bool to_write, time_point deadline) noexcept {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd look{socket, static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
    const int n = ::poll(&look, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

result<std::shared_ptr<const tls_context>> tls_context::load(const tls_options& files) {
  if (error e = check_file("certificate", files.certificate, false)) return e;
  if (error e = check_file("key", files.key, true)) return e;
  if (error e = check_file("authority", files.authority, false)) return e;
  ERR_clear_error();
  auto loaded = std::make_shared<tls_context>();
  loaded->context_.reset(SSL_CTX_new(TLS_method()));
  SSL_CTX* c = loaded->context_.get();
  if (c == nullptr) return fail(category::resource, "no TLS context: " + openssl_says());
  SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(c, 0); // each connection proves itself anew
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &note_name);
  if (SSL_CTX_use_certificate_chain_file(c, files.certificate.c_str()) != 1)
    return bad_file("certificate", files.certificate, openssl_says());
  if (SSL_CTX_use_PrivateKey_file(c, files.key.c_str(), SSL_FILETYPE_PEM) != 1) return bad_file("key", files.key, openssl_says());
  if (SSL_CTX_check_private_key(c) != 1)
    return bad_file("key", files.key, "is not the key of the certificate \"" + files.certificate + "\"");
  if (SSL_CTX_load_verify_file(c, files.authority.c_str()) != 1) return bad_file("authority", files.authority, openssl_says());
  return std::shared_ptr<const tls_context>{std::move(loaded)};
}

namespace {

// With a peer that must have one of these names; with none, any.
[[nodiscard]] result<ssl_ptr> shake_hands(SSL_CTX& context, int socket, bool connects, std::span<const std::string> names,
                                          time_point deadline) {
  block_broken_pipe_signal();
  ERR_clear_error();
  ssl_ptr session{SSL_new(&context)};
  if (!session || SSL_set_fd(session.get(), socket) != 1) return fail(category::resource, "no TLS session: " + openssl_says());
  SSL& s = *session;
  SSL_set_hostflags(&s, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (const std::string& name : names) {
    if (SSL_add1_host(&s, name.c_str()) != 1)
      return fail(fault::bad_configuration, "\"" + name + "\" is not a name that a certificate can be for");
  }
  if (connects) SSL_set_tlsext_host_name(&s, names.front().c_str());
  std::string presented;
  SSL_set_app_data(&s, &presented);
  bool timed_out = false;
  for (;;) {
    ERR_clear_error();
    const int done = connects ? SSL_connect(&s) : SSL_accept(&s);
    if (done == 1) break;
    if (!wait_as_asked(s, done, deadline, timed_out)) return handshake_error(s, timed_out, presented, quoted_list(names));
  }
  SSL_set_app_data(&s, nullptr);
  if (error e = exchange_word(s, !connects, deadline)) return e;
  return session;
}

} // namespace

result<ssl_ptr> tls_context::connect(int socket, const std::string& name, time_point deadline) const {
  return shake_hands(*context_, socket, true, {&name, 1}, deadline);
}

result<ssl_ptr> tls_context::accept(int socket, std::span<const std::string> names, time_point deadline) const {
  return shake_hands(*context_, socket, false, names, deadline);
}

namespace {
[[nodiscard]] tls_step step_of(SSL& session, int result) noexcept {
  switch (SSL_get_error(&session, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return tls_step::later;
    default: return tls_step::over;
  }
}
} // namespace

tls_step tls_read(SSL& session, void* into, std::size_t most, std::size_t& got) noexcept {
  ERR_clear_error();
  got = 0;
  const int done = SSL_read_ex(&session, into, most, &got);
  return done == 1 ? tls_step::done : step_of(session, done);
}

tls_step tls_write(SSL& session, const void* from, std::size_t size, std::size_t& put) noexcept {
  ERR_clear_error();
  put = 0;
  const int done = SSL_write_ex(&session, from, size, &put);
  return done == 1 ? tls_step::done : step_of(session, done);
}

} // namespace alys::detail
