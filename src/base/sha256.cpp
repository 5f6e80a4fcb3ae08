#include "sha256.hpp"

#include <ansatz/base/regular_file.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

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

std::string sha256_of_file(const std::string& path) {
  serial::RegularFile opened = serial::open_regular(path);
  if (!opened.file) throw FileError(fmt::format("cannot read '{}': {}", path, opened.why));
  const serial::Stream in = serial::stream_of(std::move(opened));
  if (!in) throw FileError(fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), in.get()))
    hash.add(block.data(), got);
  if (std::ferror(in.get())) throw FileError(fmt::format("cannot read '{}'", path));
  return hash.hex();
}

}  // namespace ansatz
