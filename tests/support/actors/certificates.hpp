// SPDX-License-Identifier: Apache-2.0
//
// An authority of a test, which certifies whom it likes: good for now, for another time, for any name. PEM files in a folder.
#pragma once

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace alys::test {

struct certified {
  std::string certificate; // files
  std::string key;
};

class authority {
public:
  authority(std::filesystem::path folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)), key_(new_key()) {
    const x509 own = sign(name_, *key_, 0, 3'600, true);
    write_certificate(file("pem"), *own);
  }
  // The file of those whom one trusts with this authority.
  [[nodiscard]] std::string file(const std::string& suffix) const { return (folder_ / (name_ + "." + suffix)).string(); }

  // For `name`, from now plus `from` to now plus `until`, in seconds.
  [[nodiscard]] certified certify(const std::string& name, long from = -3'600, long until = 3'600) const {
    const pkey key = new_key();
    const x509 one = sign(name, *key, from, until, false);
    const certified made{(folder_ / (name_ + "-" + name + ".pem")).string(), (folder_ / (name_ + "-" + name + ".key")).string()};
    write_certificate(made.certificate, *one);
    {
      const stream out = open(made.key);
      require(PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    }
    std::filesystem::permissions(made.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return made;
  }

private:
  using pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using x509 = std::unique_ptr<X509, decltype(&X509_free)>;
  using stream = std::unique_ptr<FILE, decltype(&std::fclose)>;

  static void require(bool good) {
    if (!good) throw std::runtime_error("OpenSSL does not make this certificate");
  }
  static pkey new_key() {
    pkey made{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    require(made != nullptr);
    return made;
  }
  static stream open(const std::string& path) {
    stream out{std::fopen(path.c_str(), "w"), &std::fclose};
    if (!out) throw std::runtime_error("cannot write " + path);
    return out;
  }
  static void write_certificate(const std::string& path, X509& one) {
    const stream out = open(path);
    require(PEM_write_X509(out.get(), &one) == 1);
  }
  static void extend(X509& one, int which, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> e{X509V3_EXT_conf_nid(nullptr, nullptr, which, value.c_str()),
                                                                            &X509_EXTENSION_free};
    require(e != nullptr && X509_add_ext(&one, e.get(), -1) == 1);
  }
  static void set_name(X509_NAME* into, const std::string& name) {
    require(X509_NAME_add_entry_by_txt(into, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1);
  }

  [[nodiscard]] x509 sign(const std::string& name, EVP_PKEY& key, long from, long until, bool of_authority) const {
    x509 one{X509_new(), &X509_free};
    require(one != nullptr && X509_set_version(one.get(), 2) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(one.get()), ++last_serial_);
    X509_gmtime_adj(X509_getm_notBefore(one.get()), from);
    X509_gmtime_adj(X509_getm_notAfter(one.get()), until);
    set_name(X509_get_subject_name(one.get()), name);
    set_name(X509_get_issuer_name(one.get()), name_);
    require(X509_set_pubkey(one.get(), &key) == 1);
    if (of_authority) {
      extend(*one, NID_basic_constraints, "critical,CA:TRUE");
      extend(*one, NID_key_usage, "critical,keyCertSign");
    } else {
      extend(*one, NID_subject_alt_name, "DNS:" + name);
    }
    require(X509_sign(one.get(), key_.get(), EVP_sha256()) > 0);
    return one;
  }

  const std::filesystem::path folder_;
  const std::string name_;
  mutable long last_serial_ = 0;
  const pkey key_;
};

} // namespace alys::test
