# Read by postBuild and start alike. numba takes its cache of compiled code for worthless on another type of CPU
# than the one it was made on, and a node that builds an image is seldom the one that runs it. So both compile for
# one generic type: x86-64-v3, which has AVX2 and FMA. A machine without these compiles for itself, once.
if grep -qsw avx2 /proc/cpuinfo && grep -qsw fma /proc/cpuinfo; then
  export NUMBA_CPU_NAME=x86-64-v3 NUMBA_CPU_FEATURES=
fi
# Julia compiles its packages for several types at once, when it is told to.
export JULIA_CPU_TARGET="generic;sandybridge,-xsaveopt,clone_all;haswell,-rdrnd,base(1)"
