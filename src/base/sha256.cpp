#include "sha256.hpp"

#include <dsl/exceptions.hpp>

#include <openssl/evp.h>

namespace ansatz {

namespace {

EVP_MD_CTX* context(void* p) { return static_cast<EVP_MD_CTX*>(p); }

// Of a library context of our own: where memory ends while OpenSSL 3.0 makes its default one,
// what is fetched from that has no lock and ends the program.
const EVP_MD* sha256() {
  static const EVP_MD* const md = [] {
    OSSL_LIB_CTX* const own = OSSL_LIB_CTX_new();  // kept for the life of the process
    const EVP_MD* const found = own ? EVP_MD_fetch(own, "SHA256", nullptr) : nullptr;
    if (!found) throw Error("SHA-256 is not available from OpenSSL's libcrypto");
    return found;
  }();
  return md;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ && EVP_DigestInit_ex(context(context_), sha256(), nullptr) == 1) return;
  EVP_MD_CTX_free(context(context_));
  throw Error("SHA-256 is not available from OpenSSL's libcrypto");
}

Sha256::~Sha256() { EVP_MD_CTX_free(context(context_)); }

void Sha256::add(const void* data, std::size_t size) {
  EVP_DigestUpdate(context(context_), data, size);
}

std::string Sha256::hex() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context(context_), bytes, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    constexpr char digits[] = "0123456789abcdef";
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string sha256_of(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

}  // namespace ansatz
