#!/usr/bin/env bash
# Lets the Linux wheel of torch import without the GPU libraries that it links against (about 2.5 GB).
#
#   stub-gpu-libraries.sh SITE_PACKAGES
#
# For every shared library that the wheel needs and that is absent, a small library is compiled that has the needed
# symbols; each of them aborts when it is called. Nothing in this recipe calls one: everything runs on the CPU.
# The two small GPU wheels of requirements.txt (runtime and profiling interface) stay real, because they are called at load.
set -euo pipefail
site=$1
lib=$site/torch/lib
out=$site/nvidia/cu13/lib
mkdir -p "$out"
symbols=$(nm -D --undefined-only "$lib"/*.so | awk '{print $2}' | sort -u)

# soname, symbol version (- = unversioned), pattern of the symbols' names
while read -r soname version pattern; do
  [ -e "$out/$soname" ] && continue
  work=$(mktemp -d)
  suffix=''
  [ "$version" = - ] || suffix="@$version"
  printf '%s\n' "$symbols" | grep -E "^${pattern}[A-Za-z0-9_]*${suffix}$" | sed 's/@.*//' >"$work/names" || true
  { echo 'void abort(void);'; while read -r name; do echo "void $name(void) { abort(); }"; done <"$work/names"; } >"$work/stub.c"
  flags=()
  if [ "$version" != - ]; then
    echo "$version { global: *; };" >"$work/stub.map"
    flags=("-Wl,--version-script=$work/stub.map")
  fi
  cc -shared -fPIC -w -fno-builtin "-Wl,-soname,$soname" "${flags[@]}" -o "$out/$soname" "$work/stub.c"
  rm -r "$work"
done <<'LIBRARIES'
libcublas.so.13 libcublas.so.13 cublas
libcublasLt.so.13 libcublasLt.so.13 cublasLt
libcudnn.so.9 libcudnn.so.9 cudnn
libcufft.so.12 libcufft.so.12 cufft
libcusparse.so.12 libcusparse.so.12 cusparse
libcusparseLt.so.0 - cusparseLt
libcufile.so.0 - cuFile
libnccl.so.2 - nccl
libnvrtc.so.13 libnvrtc.so.13 nvrtc
libnvshmem_host.so.3 NVSHMEM nvshmem
LIBRARIES
